/** The proxy of the environment, as kubectl finds it: the variables and their rules are those of Go (golang.org/x/net/http/httpproxy). */
import net from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/** @returns the address of the proxy for requests to this server; `undefined`: none */
export function proxyFor(server: string, env: Environment): string | undefined {
  const url = URL.parse(server);
  if (!url) return undefined;
  const proxy = variable(env, url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (proxy === '' || isOwn(host)) return undefined;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const excepted = variable(env, 'NO_PROXY')
    .split(',')
    .some(entry => matches(entry.trim().toLowerCase(), host, port));
  if (excepted) return undefined;
  return /^[a-z0-9+.-]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

const variable = (env: Environment, name: string): string => env[name] || env[name.toLowerCase()] || '';

/** This machine is never asked through a proxy. */
const isOwn = (host: string): boolean => host === 'localhost' || isIn(host, '127.0.0.0', 8) || isIn(host, '::1', 128);

/** An entry of `NO_PROXY`: `*`, an address, a range of them, a domain, each but the range with a port or for all. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, address = '', prefix = ''] = /^([\da-f.:]+)\/(\d+)$/.exec(entry) ?? [];
  if (net.isIP(address)) return isIn(host, address, Number(prefix));
  const [, name = entry, only] = net.isIPv6(entry) ? [] : (/^(.*):(\d+)$/.exec(entry) ?? []);
  if (only !== undefined && only !== port) return false;
  const exact = name.replace(/^\[|\]$/g, '');
  if (net.isIP(exact)) return net.isIP(host) !== 0 && isIn(host, exact, net.isIPv6(exact) ? 128 : 32);
  const domain = name.replace(/^\*(?=\.)/, '');
  if (domain === '') return false;
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function isIn(host: string, address: string, prefix: number): boolean {
  const family = net.isIPv6(address) ? 'ipv6' : 'ipv4';
  if (net.isIP(host) === 0 || prefix > (family === 'ipv6' ? 128 : 32)) return false;
  const range = new net.BlockList();
  range.addSubnet(address, prefix, family);
  return range.check(host, net.isIPv6(host) ? 'ipv6' : 'ipv4');
}
