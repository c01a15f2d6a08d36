/** Which pods a Service leads to. Its EndpointSlices are made of the same: what it selects, and which of that is ready. */
import { podReady } from './cluster.ts';
import type { Pod, Service } from './kubernetes.ts';

/** Ready or not. A Service without selector leads to what somebody else says, which is not known here. */
export const isBehind = ({ spec }: Service, { metadata }: Pod): boolean => {
  const selector = Object.entries(spec?.selector ?? {});
  return selector.length > 0 && selector.every(([label, value]) => metadata.labels?.[label] === value);
};

/** @param pods of the namespace of the Service */
export const readyBehind = (service: Service, pods: readonly Pod[]): Pod[] =>
  // One that is being deleted is taken out at once, however ready it is.
  pods.filter(pod => isBehind(service, pod) && podReady(pod) && !pod.metadata.deletionTimestamp);
