/** A TCP relay on loopback: a network between one client and an API server that can be cut, stalled, slowed and mended. */
import net from 'node:net';

export interface Relay {
  /** Like the target's, at the relay's port. */
  url: string;
  /** Drops what is open and refuses what comes. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Half-open: connections stay, new ones are taken, and no byte passes any more; what is stalled then stays so. */
  stall(): void;
  /** New connections pass again. */
  flow(): void;
  /** Ends everything that is open with a reset. */
  reset(): void;
  /** Milliseconds that each piece of an answer waits. */
  delay(milliseconds: number): void;
  /** How many connections were taken. */
  connections(): number;
}

export async function openRelay(target: string): Promise<Relay> {
  const { hostname, port, protocol } = new URL(target);
  const open = new Set<net.Socket>();
  let stalled = false;
  let latency = 0;
  let taken = 0;
  const server = net.createServer(near => {
    taken++;
    const far = net.connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.on('end', () => void (stalled || setTimeout(() => other.end(), latency)));
      one.on('data', bytes => {
        if (stalled) one.pause();
        else if (latency === 0) other.write(bytes);
        else setTimeout(() => other.write(bytes), latency);
      });
      if (stalled) one.pause();
    }
  });
  const listen = (at: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(0);
  const { port: own } = server.address() as net.AddressInfo;
  return {
    url: `${protocol}//127.0.0.1:${own}`,
    cut: () =>
      new Promise(resolve => {
        // Closed already: called back all the same.
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
    mend: () => listen(own),
    stall: () => void (stalled = true),
    flow: () => void (stalled = false),
    reset() {
      for (const socket of open) socket.resetAndDestroy();
    },
    delay: milliseconds => void (latency = milliseconds),
    connections: () => taken,
  };
}
