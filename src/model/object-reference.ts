/** One object in one kubeconfig context: what an action on a tree node, or a page about an object, is about. */
import type { WatchedKind } from './snapshot.ts';

export interface ObjectReference {
  context: string;
  kind: WatchedKind;
  namespace: string;
  name: string;
}

/** `Cluster default/cluster-eu (context eu)`, for titles and messages. */
export const objectTitle = ({ context, kind, namespace, name }: ObjectReference): string =>
  `${kind} ${namespace}/${name} (context ${context})`;

/** A name of the kind that kubectl cannot mix up with another API group's, for example Cluster API's clusters. */
export const kubectlResource: Record<WatchedKind, string> = {
  Cluster: 'clusters.postgresql.cnpg.io',
  Pod: 'pod',
  Service: 'service',
  Backup: 'backups.postgresql.cnpg.io',
  ScheduledBackup: 'scheduledbackups.postgresql.cnpg.io',
  ObjectStore: 'objectstores.barmancloud.cnpg.io',
  Pooler: 'poolers.postgresql.cnpg.io',
  Database: 'databases.postgresql.cnpg.io',
  DatabaseRole: 'databaseroles.postgresql.cnpg.io',
  Publication: 'publications.postgresql.cnpg.io',
  Subscription: 'subscriptions.postgresql.cnpg.io',
  PersistentVolumeClaim: 'pvc',
};
