/** A kubeconfig without certificate-authority: the authorities of the system count, as for kubectl. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startApiServer } from '../../src/simulator/api/server.ts';
import { certificateFor, secured } from '../support/tls.ts';

/** Prints the state of the context once it is known: Node reads the authorities of the system when it starts. */
const script = `
import { connect } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../src/kubernetes/connection.ts'))};
const options = { context: 'eu', files: [process.argv[1]], allowExecPlugins: false, log: () => undefined };
const connection = await connect(options, new AbortController().signal);
connection.onDidChange(() => {
  const { state, error } = connection.snapshot();
  if (state !== 'connecting') {
    console.log(state, error);
    process.exit();
  }
});`;

test('an authority that only the system knows', async t => {
  const certificate = certificateFor(t, 'localhost');
  if (!certificate || process.platform !== 'linux') return t.skip('no openssl, or not Linux');
  const api = await startApiServer({ tokens: { secret: 'admin' } });
  t.after(() => api.stop());
  const server = `https://localhost:${await secured(t, certificate, Number(new URL(api.url).port))}`;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-authorities-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const [kubeconfig, authority] = [path.join(folder, 'config'), path.join(folder, 'authority.pem')];
  fs.writeFileSync(authority, certificate.cert);
  fs.writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'eu', cluster: { server } }],
      users: [{ name: 'eu', user: { token: 'secret' } }],
      contexts: [{ name: 'eu', context: { cluster: 'eu', user: 'eu' } }],
    }),
  );
  const stateWith = async (env: Record<string, string>): Promise<string> => {
    const options = { env: { ...process.env, ...env }, timeout: 30_000 };
    return (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, kubeconfig], options))
      .stdout;
  };
  assert.match(await stateWith({}), /^failed .*Check certificate-authority of this context/);
  assert.match(await stateWith({ SSL_CERT_FILE: authority }), /^connected/);
});
