/** The line above the tree: what to do next while there is little to see. */
import type { Scene } from './node.ts';

/** @param filter and how many nodes it found */
export function messageFor({ snapshots }: Scene, filter: string, matches: number): string | undefined {
  if (filter !== '') return matches === 0 ? `Nothing matches "${filter}".` : `Only what matches "${filter}" is shown.`;
  if (snapshots.length === 0) return undefined;
  const inState = (state: string): string[] => snapshots.filter(s => s.state === state).map(s => s.context);
  const failed = snapshots.filter(s => s.state === 'failed');
  const connected = inState('connected');
  if (connected.length === 0 && inState('connecting').length > 0) return 'Connecting…';
  if (connected.length === 0 && failed.length === 0)
    return 'Nothing is contacted yet. Click a context to connect; for a topology connect those of all its sides.';
  const forbidden = failed.find(({ error = '' }) => /forbidden|\b403\b/i.test(error));
  if (connected.length === 0 && forbidden)
    return `In ${forbidden.context} you may not list Clusters. Ask for get, list and watch on clusters.postgresql.cnpg.io.`;
  const absent = failed.find(({ error = '' }) => error.includes('not installed'));
  if (connected.length === 0 && absent)
    return `CloudNativePG is not installed in ${absent.context}. Connect another context, or install the operator.`;
  if (connected.length > 0 && snapshots.every(({ clusters }) => clusters.length === 0))
    return `No Cluster was found in ${connected.join(', ')}. Connect the context that has it, or create one.`;
  return undefined;
}
