/** Objects that belong to a Cluster by `spec.cluster.name` or by label: the fields of them that are shown. */
import type { KubernetesObject } from './kubernetes.ts';

/** What each of the declarative kinds says of itself. Source: their CRDs. */
interface Applied {
  applied?: boolean;
  message?: string;
  observedGeneration?: number;
}

export interface Satellite extends KubernetesObject {
  spec?: { cluster?: { name?: string } };
  status?: Applied;
}

export interface Pooler extends Satellite {
  spec?: {
    cluster?: { name?: string };
    type?: 'rw' | 'ro' | 'r';
    instances?: number;
    pgbouncer?: { poolMode?: string; paused?: boolean; parameters?: Record<string, string> };
  };
  status?: Applied & { instances?: number };
}

export interface Database extends Satellite {
  spec?: { cluster?: { name?: string }; name?: string; owner?: string; ensure?: string };
}

export interface DatabaseRole extends Satellite {
  spec?: { cluster?: { name?: string }; name?: string; login?: boolean; superuser?: boolean; replication?: boolean };
}

export interface Publication extends Satellite {
  spec?: { cluster?: { name?: string }; name?: string; dbname?: string };
}

export interface Subscription extends Satellite {
  spec?: {
    cluster?: { name?: string };
    name?: string;
    dbname?: string;
    publicationName?: string;
    externalClusterName?: string;
  };
}

/** Volume of an instance: labels `cnpg.io/cluster`, `cnpg.io/instanceName`, `cnpg.io/pvcRole` (PG_DATA, PG_WAL, PG_TABLESPACE). */
export interface PersistentVolumeClaim extends KubernetesObject {
  spec?: { storageClassName?: string; resources?: { requests?: { storage?: string } } };
  status?: {
    phase?: string;
    capacity?: { storage?: string };
    conditions?: { type: string; status: string; message?: string }[];
  };
}
