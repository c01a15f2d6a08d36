/** A topology as manifests describe it: what the language server answers `cnpg/topologies` with, and what is drawn. */
import type { Cluster, ObjectStore } from './cluster.ts';

export interface WrittenTopology {
  members: WrittenMember[];
  /** Names that members follow or call primary, without a manifest. */
  missing: string[];
}

export interface WrittenMember {
  /** By which the others know it. */
  name: string;
  cluster: Cluster;
  /** ObjectStores that the plugin would find. */
  objectStores: ObjectStore[];
  /** The files that they are in. */
  objectStoreUris: string[];
  uri: string;
  /** 0-based, of `metadata.name`. */
  line: number;
  /** Kubernetes context, when places are given. */
  context?: string;
  namespace?: string;
}
