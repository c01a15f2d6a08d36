import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';

const given = new Set<number>();

/**
 * A port of loopback for a program that is told one. It is below those that systems choose from themselves (Linux: from 32768 on), so that
 * no server or client of another test has it before the program listens; and none that was given before.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = randomInt(20_000, 30_000);
    if (given.has(port)) continue;
    const server = net.createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    given.add(port);
    return port;
  }
  throw new Error('no port between 20000 and 30000 is free');
}
