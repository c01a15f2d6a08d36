/** A base backup on demand: an object of kind Backup, with the method that the Cluster is configured for. */
import type { Backup, Cluster } from '../model/cluster.ts';
import { barmanPlugin, condition } from '../model/cluster.ts';
import type { Address } from '../model/kubernetes.ts';
import type { Check } from './checks.ts';
import { awake, check, noRoleChange, operatorActs } from './checks.ts';
import type { Observed, Operation, OperationPlan, Progress } from './operation.ts';
import { copyLimit, leaderWord, undone } from './operation.ts';

type Method = NonNullable<Backup['spec']>;

/** @param at when it is asked for; is part of the name, in UTC */
export function backUpNow(target: Address, at: Date): Operation {
  const name = `${target.name}-${at.toISOString().slice(0, 19).replaceAll(/\D/g, '')}`;
  return {
    title: `Back up ${target.name}`,
    target,
    about: { kind: 'Backup', name },
    limit: copyLimit,
    plan: seen => plan(target, name, seen),
    progress: seen => progressOf(name, seen),
  };
}

/**
 * Without `method` CNPG takes in-tree Barman, also on a Cluster that uses the plugin. The Cluster's configuration says what
 * works; the plugin that archives comes first.
 */
function methodOf({ spec }: Cluster): Method | undefined {
  const plugin = spec.plugins?.find(({ enabled, isWALArchiver }) => enabled !== false && isWALArchiver);
  const other = spec.plugins?.find(({ name, enabled }) => enabled !== false && name === barmanPlugin);
  const chosen = plugin ?? other;
  if (chosen) return { method: 'plugin', pluginConfiguration: { name: chosen.name } };
  if (spec.backup?.barmanObjectStore) return { method: 'barmanObjectStore' };
  if (spec.backup?.volumeSnapshot) return { method: 'volumeSnapshot' };
  return undefined;
}

function plan(target: Address, name: string, { cluster, object }: Observed): OperationPlan {
  const method = methodOf(cluster);
  const backup: Backup = {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Backup',
    metadata: { name, namespace: target.namespace },
    spec: { cluster: { name: target.name }, ...method },
  };
  return {
    checks: [
      check(
        'blocks',
        `${target.name}: knows where backups go`,
        method !== undefined,
        method
          ? [method.method, method.pluginConfiguration?.name].filter(Boolean).join(' ')
          : 'neither a plugin that archives, nor spec.backup.barmanObjectStore, nor spec.backup.volumeSnapshot',
        'Configure the Barman Cloud plugin with an ObjectStore first.',
      ),
      awake(cluster, 'blocks', 'Wake it first.'),
      operatorActs(cluster, 'blocks'),
      { ...noRoleChange(cluster), severity: 'warns' },
      archiving(cluster, method?.method),
    ],
    write: object
      ? undefined
      : {
          verb: 'create',
          kind: 'Backup',
          target: { ...target, name },
          object: backup,
          changes: [
            { field: 'spec.cluster.name', from: '', to: target.name },
            { field: 'spec.method', from: '', to: method?.method ?? '(absent)' },
            ...(method?.pluginConfiguration
              ? [{ field: 'spec.pluginConfiguration.name', from: '', to: method.pluginConfiguration.name ?? '' }]
              : []),
          ],
        },
    meaning: `A base backup of ${target.name} is taken ${cluster.spec.backup?.target === 'primary' ? `from its ${leaderWord(cluster)}` : 'from a standby if one is fit'}. Nothing is interrupted; reading the volumes and the network take load.`,
    interrupts: false,
  };
}

/** A backup is restorable only with the WAL written while it was taken. */
function archiving(cluster: Cluster, method: string | undefined): Check {
  const title = `${cluster.metadata.name}: archiving works`;
  const state = condition(cluster, 'ContinuousArchiving');
  const remedy =
    'A base backup waits for its WAL in the archive and is worth nothing without it: repair the archiving first.';
  if (state === undefined) return check('warns', title, 'unknown', 'the Cluster does not say', remedy);
  const evidence =
    state.status === 'True' ? 'ContinuousArchiving is True' : (state.message ?? state.reason ?? state.status);
  return check('warns', title, state.status === 'True' || method === 'volumeSnapshot', evidence, remedy);
}

/** In `status.phase`: what the operator can still get out of by itself is not at its end. */
function progressOf(name: string, { object }: Observed): Progress {
  const backup: Backup | undefined = object;
  if (!backup) return undone(`Backup ${name} was deleted.`);
  const { phase, error, backupId, beginWal, endWal } = backup.status ?? {};
  const remedy = `Describe Backup ${name}, then look at the log of the instance and at the archive.`;
  if (phase === 'completed')
    return {
      kind: 'done',
      evidence: `Backup ${name} is completed${backupId === undefined ? '' : `: ${backupId}`}${beginWal === undefined ? '' : `, WAL ${beginWal} to ${endWal ?? '?'}`}.`,
      issues: [],
    };
  if (phase === 'failed' || phase === 'invalid backup definition')
    return { kind: 'failed', problem: `Backup ${name}: ${phase}. ${error ?? 'No error is given.'}`, remedy };
  return {
    kind: 'pending',
    evidence: `Backup ${name}: ${phase ?? 'not begun yet'}${error === undefined ? '' : ` (${error})`}.`,
    stalled: phase === 'walArchivingFailing' ? `It waits for WAL archiving, which fails. ${remedy}` : remedy,
  };
}
