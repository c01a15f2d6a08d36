/**
 * Real control planes on loopback: etcd and kube-apiserver, with RBAC. The binaries are those of `KUBEBUILDER_ASSETS` (the
 * convention of controller-tools), else of the cache, else they are built into it with Go.
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiEndpoint } from '../../src/simulator/operator/client.ts';
import { freePort } from '../support/free-port.ts';

const kubernetesVersion = '1.36.3';
const needed = ['etcd', 'kube-apiserver'];

const hasAll = (folder: string): boolean => needed.every(name => fs.existsSync(path.join(folder, name)));

/** Folder with the binaries; a text says why there is none. Building them takes some minutes, once. */
export function findBinaries(): { folder: string } | string {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets !== undefined) return hasAll(assets) ? { folder: assets } : `${assets} lacks ${needed.join(' or ')}`;
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache');
  const folder = path.join(cache, 'cnpg-replica', `kubernetes-${kubernetesVersion}`);
  if (hasAll(folder)) return { folder };
  try {
    // In a module, this also fails when Go is older than the module asks for and may not fetch a newer one.
    execFileSync('go', ['list', '-m'], { cwd: moduleOf('apiserver'), stdio: 'ignore' });
  } catch {
    return 'neither KUBEBUILDER_ASSETS is set nor a Go installed that is new enough';
  }
  console.log(`building etcd and kube-apiserver ${kubernetesVersion} into ${folder}: some minutes, once`);
  build(folder);
  return { folder };
}

const moduleOf = (name: string): string => path.join(import.meta.dirname, 'control-plane', name);

function build(folder: string): void {
  fs.mkdirSync(folder, { recursive: true });
  const [major, minor] = kubernetesVersion.split('.');
  const variable = 'k8s.io/component-base/version';
  const version = [`gitVersion=v${kubernetesVersion}`, `gitMajor=${major}`, `gitMinor=${minor}`];
  const flags = `-s -w ${version.map(setting => `-X ${variable}.${setting}`).join(' ')}`;
  for (const [name, module] of Object.entries({ etcd: 'etcd', 'kube-apiserver': 'apiserver' }))
    execFileSync('go', ['build', '-ldflags', flags, '-o', path.join(folder, name), '.'], {
      cwd: moduleOf(module),
      env: { ...process.env, CGO_ENABLED: '0' },
      stdio: 'inherit',
    });
}

export interface ControlPlane {
  admin: ApiEndpoint & Required<Pick<ApiEndpoint, 'ca' | 'cert' | 'key'>>;
  /** A user without rights until some RoleBinding gives them. */
  viewer: ApiEndpoint & Required<Pick<ApiEndpoint, 'ca' | 'cert' | 'key'>>;
  /** Kills the API server and starts it again; etcd goes on. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Seconds until it must answer; about 10 are usual. */
const startLimit = 120;

export async function startControlPlane(folder: string): Promise<ControlPlane> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-control-plane-'));
  makeCertificates(directory);
  const [port, etcdPort, peerPort] = [await freePort(), await freePort(), await freePort()];
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const run = (name: string, args: string[]): ChildProcess => {
    const log = fs.openSync(path.join(directory, `${name}.log`), 'a');
    const child = spawn(path.join(folder, name), args, { cwd: directory, stdio: ['ignore', log, log] });
    fs.closeSync(log);
    return child;
  };
  const etcd = run('etcd', [
    '--data-dir=etcd',
    '--unsafe-no-fsync',
    `--listen-client-urls=${etcdUrl}`,
    `--advertise-client-urls=${etcdUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
  ]);
  const startServer = (): ChildProcess =>
    run('kube-apiserver', [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      '--tls-cert-file=server.crt',
      '--tls-private-key-file=server.key',
      '--client-ca-file=ca.crt',
      '--service-account-key-file=sa.pub',
      '--service-account-signing-key-file=sa.key',
      '--service-account-issuer=https://kubernetes.default.svc',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--authorization-mode=RBAC',
      '--endpoint-reconciler-type=none',
      // Nobody makes the service accounts here that pods name.
      '--disable-admission-plugins=ServiceAccount',
    ]);
  const read = (name: string): string => fs.readFileSync(path.join(directory, name), 'utf8');
  const as = (user: string) => ({
    url: `https://127.0.0.1:${port}`,
    ca: read('ca.crt'),
    cert: read(`${user}.crt`),
    key: read(`${user}.key`),
  });
  let server = startServer();
  const plane: ControlPlane = {
    admin: as('admin'),
    viewer: as('viewer'),
    async restart() {
      await ended(server);
      server = startServer();
      await answers(plane.admin, [etcd, server]);
    },
    async stop() {
      await ended(server);
      await ended(etcd);
      fs.rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
  try {
    await answers(plane.admin, [etcd, server]);
  } catch (error) {
    console.error(read('kube-apiserver.log').split('\n').slice(-20).join('\n'));
    await plane.stop();
    throw error;
  }
  return plane;
}

function makeCertificates(directory: string): void {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const sign = (name: string, subject: string, extension: string): void => {
    fs.writeFileSync(path.join(directory, `${name}.ext`), extension);
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject);
    const authority = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
    const output = ['-out', `${name}.crt`, '-days', '30', '-extfile', `${name}.ext`];
    openssl('x509', '-req', '-in', `${name}.csr`, ...authority, ...output);
  };
  openssl('genrsa', '-out', 'sa.key', '2048');
  openssl('rsa', '-in', 'sa.key', '-pubout', '-out', 'sa.pub');
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '30',
    '-subj',
    '/CN=test-ca',
  );
  sign('server', '/CN=kube-apiserver', 'subjectAltName=IP:127.0.0.1,DNS:localhost');
  sign('admin', '/O=system:masters/CN=admin', 'extendedKeyUsage=clientAuth');
  sign('viewer', '/CN=viewer', 'extendedKeyUsage=clientAuth');
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

async function ended(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exit = new Promise(resolve => child.once('exit', resolve));
  // Asked kindly, an API server waits a minute for its watches.
  child.kill('SIGKILL');
  await exit;
}

/** @param processes without one of these processes it never will */
async function answers(endpoint: ApiEndpoint, processes: readonly ChildProcess[]): Promise<void> {
  const limit = Date.now() + startLimit * 1000;
  while (!(await isReady(endpoint))) {
    const lost = processes.find(hasEnded);
    if (lost) throw new Error(`${path.basename(lost.spawnfile)} ended before the API server answered`);
    if (Date.now() > limit) throw new Error(`kube-apiserver did not answer within ${startLimit} s`);
    await sleep(250);
  }
}

const isReady = ({ url, ca, cert, key }: ApiEndpoint): Promise<boolean> =>
  new Promise(resolve => {
    https
      .get(`${url}/readyz`, { ca, cert, key, timeout: 5000 }, response => {
        response.resume();
        resolve(response.statusCode === 200);
      })
      .on('error', () => resolve(false))
      .on('timeout', () => resolve(false));
  });
