/** Which pod a connection to an object goes to. */
import { Failure } from '../errors.ts';
import type { ObjectReference } from '../model/object-reference.ts';
import { readyBehind } from '../model/service-pods.ts';
import type { ContextSnapshot } from '../model/snapshot.ts';

/**
 * Of a Cluster it is the (designated) primary, of a service any ready pod that it selects.
 * @throws Failure when there is none now
 */
export function podFor({ kind, name, namespace }: ObjectReference, snapshot: ContextSnapshot): string {
  if (kind === 'Pod') return name;
  const service =
    kind === 'Service'
      ? snapshot.services.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)
      : undefined;
  const found =
    kind === 'Cluster'
      ? primaryOf(name, namespace, snapshot)
      : service &&
        readyBehind(
          service,
          snapshot.pods.filter(({ metadata }) => metadata.namespace === namespace),
        )[0];
  if (found) return found.metadata.name;
  throw new Failure('no-pod', {
    what: `There is nothing to connect to behind ${kind} ${name}`,
    why: service || kind === 'Cluster' ? 'No pod that is ready belongs to it now.' : 'The service was not found.',
    remedy: 'Look at the instances in the tree, and choose one of them.',
  });
}

function primaryOf(name: string, namespace: string, { clusters, pods }: ContextSnapshot) {
  const cluster = clusters.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  return pods.find(
    ({ metadata }) => metadata.namespace === namespace && metadata.name === cluster?.status?.currentPrimary,
  );
}
