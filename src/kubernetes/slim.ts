/** What of an object is kept in memory: hundreds of Clusters are followed, and most of an object is read by nobody here. */
import type { KubernetesObject, Pod } from '../model/kubernetes.ts';

/** Annotations that repeat the object, and any that is longer than a person would write. */
const repeated = ['cnpg.io/podSpec', 'kubectl.kubernetes.io/last-applied-configuration'];
const longestAnnotation = 16_384;

/**
 * Without `managedFields`, repeated or huge annotations, and of a pod's `spec` only where it runs and of which containers.
 * Who needs the whole object asks for it: `Connection.raw`.
 */
export function slim<T extends KubernetesObject>(object: T, kind: string): T {
  const { managedFields: _, annotations, ...metadata } = object.metadata;
  const kept =
    annotations && Object.entries(annotations).some(isLeftOut)
      ? Object.fromEntries(Object.entries(annotations).filter(entry => !isLeftOut(entry)))
      : annotations;
  const slimmed = { ...object, metadata: { ...metadata, ...(kept && { annotations: kept }) } };
  return kind === 'Pod' ? slimPod(slimmed) : slimmed;
}

const isLeftOut = ([name, value]: [string, string]): boolean =>
  repeated.includes(name) || value.length > longestAnnotation;

function slimPod<T extends KubernetesObject>(pod: T): T {
  const { spec } = pod as Pod;
  if (!spec) return pod;
  const { nodeName, containers, initContainers } = spec as Pod['spec'] & { initContainers?: Container[] };
  return {
    ...pod,
    spec: {
      ...(nodeName !== undefined && { nodeName }),
      ...(containers && { containers: containers.map(slimContainer) }),
      // Sidecars, the archiving plugin among them, are here.
      ...(initContainers && { initContainers: initContainers.map(slimContainer) }),
    },
  };
}

interface Container {
  name: string;
  image?: string;
  command?: string[];
  ports?: unknown;
  resources?: unknown;
  restartPolicy?: unknown;
}

const slimContainer = ({ name, image, command, ports, resources, restartPolicy }: Container): Container => ({
  name,
  ...(image !== undefined && { image }),
  ...(command && { command }),
  ...(ports !== undefined && { ports }),
  ...(resources !== undefined && { resources }),
  ...(restartPolicy !== undefined && { restartPolicy }),
});
