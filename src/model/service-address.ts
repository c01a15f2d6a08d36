/** Addresses that mean something only inside a Kubernetes cluster: the DNS names of its Services. */

export interface ServiceAddress {
  namespace: string;
  service: string;
  port: number;
  /** The name can mean nothing else. `false`: it may as well be a host of the outside. */
  certain: boolean;
}

/**
 * `service`, `service.namespace`, `service.namespace.svc` and with a cluster domain behind it (Kubernetes, "DNS for Services").
 * @param namespace of the pod that uses the address
 * @returns `undefined` for what is no name of a Service
 */
export function serviceAddress(url: string, namespace: string): ServiceAddress | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') return undefined;
  const port = Number(parsed.port || (parsed.protocol === 'https:' ? 443 : 80));
  const labels = parsed.hostname.replace(/\.$/, '').split('.');
  const [service = '', of = namespace, svc] = labels;
  if (labels.some(label => !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(label))) return undefined;
  if (svc === 'svc') return { namespace: of, service, port, certain: true };
  if (labels.length > 2 || service === 'localhost') return undefined;
  return { namespace: of, service, port, certain: false };
}
