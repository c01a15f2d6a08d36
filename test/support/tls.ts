/** Certificates and TLS for tests. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream';
import type { TestContext } from 'node:test';
import tls from 'node:tls';

export interface Certificate {
  cert: string;
  key: string;
}

/** For one name, signed by itself; `undefined`: this machine has no openssl. */
export function certificateFor(t: TestContext, name: string): Certificate | undefined {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-certificate-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const files = ['-keyout', 'key.pem', '-out', 'cert.pem'];
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...names], {
      cwd: folder,
      stdio: 'pipe',
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const [cert = '', key = ''] = ['cert.pem', 'key.pem'].map(file => fs.readFileSync(path.join(folder, file), 'utf8'));
  return { cert, key };
}

/** What one end says the other hears; neither outlives the other, however it ends. */
export function joined(one: net.Socket, other: net.Socket): void {
  pipeline(one, other, () => undefined);
  pipeline(other, one, () => undefined);
}

/** TLS in front of a server. @returns its port */
export async function secured(t: TestContext, certificate: Certificate, behind: number): Promise<number> {
  const server = tls.createServer(certificate, socket => {
    joined(socket, net.connect(behind, '127.0.0.1'));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}
