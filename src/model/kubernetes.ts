/** Objects as the Kubernetes API serves them, reduced to the fields this product reads. */

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  managedFields?: { manager?: string; operation?: string; time?: string; fieldsV1?: unknown; subresource?: string }[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
}

export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

/** Reference to one key of a Secret in the namespace of the object that names it. */
export interface SecretKeySelector {
  name: string;
  key: string;
}

export interface Pod extends KubernetesObject {
  spec?: { nodeName?: string; containers?: { name: string; command?: string[]; image?: string }[] };
  status?: {
    phase?: string;
    podIP?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[];
  };
}

export interface Service extends KubernetesObject {
  spec?: {
    type?: string;
    clusterIP?: string;
    externalName?: string;
    selector?: Record<string, string>;
    ports?: { name?: string; port: number }[];
  };
}

/** What the API server keeps, for an hour by default, of something that happened to an object (`v1` Event). */
export interface EventObject extends KubernetesObject {
  /** CamelCase word for the cause. */
  reason?: string;
  message?: string;
  type?: 'Normal' | 'Warning';
  /** How often it happened; absent: once. */
  count?: number;
  firstTimestamp?: string;
  /** RFC 3339 of the latest occurrence; absent on events that only have `eventTime`. */
  lastTimestamp?: string;
  eventTime?: string;
  involvedObject: { apiVersion?: string; kind?: string; namespace?: string; name?: string; uid?: string };
  source?: { component?: string };
  reportingComponent?: string;
}

/** Where an object lives: a kubeconfig context and, for namespaced kinds, a namespace. */
export interface Address {
  context: string;
  namespace: string;
  name: string;
}

export const sameAddress = (a: Address, b: Address): boolean =>
  a.context === b.context && a.namespace === b.namespace && a.name === b.name;

/** An {@link Address} as one string, usable as a map key; contexts and names may contain `/`, hence the JSON form. */
export const addressKey = (a: Address): string => JSON.stringify([a.context, a.namespace, a.name]);
