/** A TCP relay on loopback: a network between one client and an API server that can be cut and mended. */
import net from 'node:net';

export interface Relay {
  /** Like the target's, at the relay's port. */
  url: string;
  /** Drops what is open and refuses what comes. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export async function openRelay(target: string): Promise<Relay> {
  const { hostname, port } = new URL(target);
  const open = new Set<net.Socket>();
  const server = net.createServer(near => {
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
      one.pipe(other);
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
    url: `https://127.0.0.1:${own}`,
    cut: () =>
      new Promise(resolve => {
        // Closed already: called back all the same.
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
    mend: () => listen(own),
  };
}
