/** Which pod answers for a Service: what the cluster's own proxy would choose from, read from its EndpointSlices. */
import { Failure, unlessMissing } from '../errors.ts';
import type { KubernetesObject, Service } from '../model/kubernetes.ts';
import type { Client } from './client.ts';
import { garbage } from './failures.ts';
import { collectionPath, objectPath } from './resources.ts';

interface EndpointSlice extends KubernetesObject {
  endpoints?: { conditions?: { ready?: boolean }; targetRef?: { kind?: string; name?: string } }[];
  ports?: { name?: string; port?: number }[];
}

/** @returns the pod and its port; `undefined`: there is no such Service. Rejects with a `Failure` when no pod is ready behind it */
export async function podBehind(
  client: Client,
  context: string,
  namespace: string,
  service: string,
  port: number,
  signal: AbortSignal,
): Promise<{ pod: string; port: number } | undefined> {
  const where = `Service ${namespace}/${service} in context ${context}`;
  const found = await unlessMissing(
    client.json<Service>({ what: `Read ${where}`, path: objectPath('Service', namespace, service) }, signal),
  );
  if (!found) return undefined;
  const { type, externalName = '' } = found.body.spec ?? {};
  if (type === 'ExternalName')
    throw unserved(where, `It is only another name for ${externalName}.`, `Use ${externalName} in the address.`);
  const served = found.body.spec?.ports?.find(each => each.port === port);
  if (!served) throw unserved(where, `It has no port ${port}.`, 'Correct the port in the address.');
  const what = `List the endpoints of ${where}`;
  const query = { labelSelector: `kubernetes.io/service-name=${service}`, limit: '100' };
  const { body } = await client.json<{ items?: EndpointSlice[] }>(
    { what, path: collectionPath('EndpointSlice', namespace), query },
    signal,
  );
  if (!Array.isArray(body.items)) throw garbage(what, 'The answer is no list.');
  const ready = body.items.flatMap(({ endpoints, ports }) => {
    const to = ports?.find(({ name }) => (name ?? '') === (served.name ?? ''))?.port;
    const pods = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
    return pods.flatMap(({ targetRef }) =>
      targetRef?.kind === 'Pod' && targetRef.name !== undefined && to !== undefined
        ? [{ pod: targetRef.name, port: to }]
        : [],
    );
  });
  const [first] = ready;
  if (first) return first;
  throw unserved(where, 'No pod that is ready is behind it.', 'Look at the pods of the Service.');
}

const unserved = (where: string, why: string, remedy: string): Failure =>
  new Failure('unreachable', { what: `${where} cannot be reached`, why, remedy });
