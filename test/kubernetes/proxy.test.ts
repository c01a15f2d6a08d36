import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { connect } from '../../src/kubernetes/connection.ts';
import { proxyFor } from '../../src/kubernetes/proxy.ts';
import { usualTimes } from '../../src/kubernetes/times.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import { startApiServer } from '../../src/simulator/api/server.ts';
import { certificateFor, joined, secured } from '../support/tls.ts';

const proxy = 'http://proxy.example.com:3128';
const api = 'https://api.eu.example.com:6443';

const cases: [title: string, server: string, env: Record<string, string>, expected: string | undefined][] = [
  ['nothing is set', api, {}, undefined],
  ['HTTPS_PROXY', api, { HTTPS_PROXY: proxy }, proxy],
  ['in small letters', api, { https_proxy: proxy }, proxy],
  ['capitals win', api, { HTTPS_PROXY: proxy, https_proxy: 'http://other' }, proxy],
  ['HTTP_PROXY is for HTTP', api, { HTTP_PROXY: proxy }, undefined],
  ['and HTTP for HTTP_PROXY', 'http://api.eu.example.com', { HTTP_PROXY: proxy }, proxy],
  ['without a scheme', api, { HTTPS_PROXY: 'proxy.example.com:3128' }, proxy],
  ['SOCKS', api, { HTTPS_PROXY: 'socks5://proxy.example.com' }, 'socks5://proxy.example.com'],
  ['this machine', 'https://127.0.0.1:6443', { HTTPS_PROXY: proxy }, undefined],
  ['this machine by name', 'https://localhost:6443', { HTTPS_PROXY: proxy }, undefined],
  ['this machine in IPv6', 'https://[::1]:6443', { HTTPS_PROXY: proxy }, undefined],
  ['an address that is none', 'not an address', { HTTPS_PROXY: proxy }, undefined],
  ['none for all', api, { HTTPS_PROXY: proxy, NO_PROXY: '*' }, undefined],
  ['none for the domain', api, { HTTPS_PROXY: proxy, NO_PROXY: 'a.org, example.com' }, undefined],
  ['none below the domain', api, { HTTPS_PROXY: proxy, NO_PROXY: '.example.com' }, undefined],
  ['none below the domain, with a star', api, { HTTPS_PROXY: proxy, NO_PROXY: '*.example.com' }, undefined],
  ['the domain itself is not below it', 'https://example.com', { HTTPS_PROXY: proxy, NO_PROXY: '.example.com' }, proxy],
  ['another domain with the same end', 'https://myexample.com', { HTTPS_PROXY: proxy, NO_PROXY: 'example.com' }, proxy],
  ['none for a port', api, { HTTPS_PROXY: proxy, NO_PROXY: 'example.com:6443' }, undefined],
  ['another port', api, { HTTPS_PROXY: proxy, NO_PROXY: 'example.com:443' }, proxy],
  ['none for a range', 'https://10.1.2.3:6443', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }, undefined],
  ['outside the range', 'https://11.1.2.3:6443', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }, proxy],
  ['a range says nothing of names', api, { HTTPS_PROXY: proxy, NO_PROXY: '0.0.0.0/0' }, proxy],
  ['none for an address', 'https://10.1.2.3', { HTTPS_PROXY: proxy, NO_PROXY: '10.1.2.3' }, undefined],
  ['none for an address and its port', 'https://10.1.2.3', { HTTPS_PROXY: proxy, NO_PROXY: '10.1.2.3:443' }, undefined],
  ['none for IPv6', 'https://[fd00::5]', { HTTPS_PROXY: proxy, NO_PROXY: 'fd00::/8' }, undefined],
  ['none for an IPv6 address', 'https://[fd00::5]', { HTTPS_PROXY: proxy, NO_PROXY: 'fd00::5' }, undefined],
  [
    'none for an IPv6 address and its port',
    'https://[fd00::5]',
    { HTTPS_PROXY: proxy, NO_PROXY: '[fd00::5]:443' },
    undefined,
  ],
  ['garbage', api, { HTTPS_PROXY: proxy, NO_PROXY: ',, :, /8, 1.2.3.4/99, .' }, proxy],
];

for (const [title, server, env, expected] of cases)
  test(`proxy of the environment: ${title}`, () => assert.equal(proxyFor(server, env), expected));

async function listening(t: TestContext, server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** @returns the ports for which tunnels were asked */
function tunnelling(): { server: Server; asked: string[] } {
  const asked: string[] = [];
  const server = http.createServer().on('connect', ({ url = '' }, socket: Socket) => {
    asked.push(url);
    const far = net.connect(Number(url.split(':')[1]), '127.0.0.1');
    far.once('connect', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    joined(socket, far);
  });
  return { server, asked };
}

/** SOCKS 5 without login (RFC 1928), for IPv4 addresses. */
function socks(): { server: Server; asked: string[] } {
  const asked: string[] = [];
  const server = net.createServer(socket => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', request => {
        const port = request.readUInt16BE(8);
        asked.push(`127.0.0.1:${port}`);
        const far = net.connect(port, '127.0.0.1');
        far.once('connect', () => socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, ...request.subarray(8, 10)])));
        joined(socket, far);
      });
    });
  });
  return { server, asked };
}

async function reached(t: TestContext, server: string, proxy: string): Promise<ContextSnapshot> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-proxy-'));
  const file = path.join(folder, 'config');
  const config = {
    clusters: [{ name: 'eu', cluster: { server, 'insecure-skip-tls-verify': true, 'proxy-url': proxy } }],
    users: [{ name: 'eu', user: { token: 'secret' } }],
    contexts: [{ name: 'eu', context: { cluster: 'eu', user: 'eu' } }],
  };
  fs.writeFileSync(file, JSON.stringify(config));
  const options = { context: 'eu', files: [file], allowExecPlugins: false, log: () => undefined };
  const connection = await connect(options, new AbortController().signal, usualTimes);
  t.after(() => {
    connection.close();
    fs.rmSync(folder, { recursive: true });
  });
  const settled = (): boolean => connection.snapshot().state !== 'connecting';
  await new Promise<void>(resolve => {
    connection.onDidChange(() => {
      if (settled()) resolve();
    });
  });
  return connection.snapshot();
}

for (const [name, make, scheme] of [
  ['HTTP', tunnelling, 'http'],
  ['SOCKS', socks, 'socks5'],
] as const)
  test(`an API server behind a proxy for ${name}`, async t => {
    const certificate = certificateFor(t, 'localhost');
    if (!certificate) return t.skip('no openssl');
    const api = await startApiServer({ tokens: { secret: 'admin' } });
    t.after(() => api.stop());
    const port = await secured(t, certificate, Number(new URL(api.url).port));
    const { server, asked } = make();
    const proxy = `${scheme}://127.0.0.1:${await listening(t, server)}`;
    const snapshot = await reached(t, `https://127.0.0.1:${port}`, proxy);
    assert.equal(snapshot.state, 'connected', snapshot.error);
    assert.deepEqual([...new Set(asked)], [`127.0.0.1:${port}`]);
  });

test('a proxy that does not answer is named, without its password', async t => {
  const server = net.createServer();
  const port = await listening(t, server);
  await new Promise(resolve => server.close(resolve));
  const { state, error } = await reached(t, 'https://api.example.com:6443', `http://ada:hidden@127.0.0.1:${port}`);
  assert.equal(state, 'failed');
  assert.match(error ?? '', new RegExp(`ECONNREFUSED.*It is asked through the proxy 127\\.0\\.0\\.1:${port}\\.$`));
  assert.doesNotMatch(error ?? '', /hidden|ada/);
});
