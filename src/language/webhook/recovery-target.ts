import { parseInteger } from '../admission/integers.ts';
import type { RecoveryTarget } from '../admission/objects.ts';
import { isTargetTime } from '../admission/timestamps.ts';
import type { Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, newIn, ofValues, onKey, onValue } from './rule.ts';

const here: Path = ['spec', 'bootstrap', 'recovery', 'recoveryTarget'];
const at = (field: keyof RecoveryTarget): Path => [...here, field];

export const recoveryTarget = ofValues(
  clusterRule('recovery-target', ({ spec }) => {
    const { recoveryTarget: target, volumeSnapshots } = spec.bootstrap?.recovery ?? {};
    return target ? [...oneTarget(target), ...forms(target), ...backupOf(target, volumeSnapshots !== undefined)] : [];
  }),
);

function oneTarget(target: RecoveryTarget): Finding[] {
  const given = (['targetLSN', 'targetName', 'targetXID', 'targetTime'] as const).filter(field => target[field]);
  const all = target.targetImmediate === undefined ? given : ['targetImmediate', ...given];
  if (all.length <= 1) return [];
  return [onKey(here, `Recovery stops at one target, and here are ${all.join(', ')}: keep one.`)];
}

function forms({ targetTime, targetLSN, targetXID, targetName = '', targetTLI }: RecoveryTarget): Finding[] {
  const wrong: [boolean, keyof RecoveryTarget, string, since?: number][] = [
    [
      !!targetTime && !isTargetTime(targetTime),
      'targetTime',
      `"${targetTime}" is no time that PostgreSQL reads. Write 2026-01-31 12:00:00+00 or 2026-01-31T12:00:00Z.`,
    ],
    [
      !!targetLSN && !isLsn(targetLSN),
      'targetLSN',
      `"${targetLSN}" is no LSN. Write two hexadecimal numbers: 0/3000060.`,
    ],
    [
      !!targetXID && !(/^\d+$/.test(targetXID) && Number(targetXID) < 2 ** 32),
      'targetXID',
      `"${targetXID}" is no transaction id. Write a number from 0 to 4294967295.`,
      30,
    ],
    [
      new TextEncoder().encode(targetName).length >= 64,
      'targetName',
      'PostgreSQL keeps at most 63 bytes of the name of a restore point: there is none with this name.',
      30,
    ],
    [
      hasControls(targetName),
      'targetName',
      'The name of a restore point has no line breaks or other control characters.',
      30,
    ],
    [
      !!targetTLI && targetTLI !== 'latest' && (parseInteger(targetTLI) ?? 0n) < 1n,
      'targetTLI',
      `"${targetTLI}" is no timeline. Write "latest" or its number, from 1.`,
    ],
  ];
  return wrong.flatMap(([isWrong, field, message, since = 0]) =>
    isWrong ? newIn(since, [onValue(at(field), message)]) : [],
  );
}

const hasControls = (text: string): boolean => /(?=\p{ASCII})\p{Cc}/u.test(text);

/** Each half is read as a number of 64 bits without a sign, leading zeros apart. */
const isLsn = (text: string): boolean => /^0*[\da-f]{1,16}\/0*[\da-f]{1,16}$/i.test(text);

/** Base backups are chosen by the time or the LSN of the target; for other targets the backup must be named. */
function backupOf(target: RecoveryTarget, fromSnapshots: boolean): Finding[] {
  const field = (['targetName', 'targetXID'] as const).find(each => target[each]);
  const found = field ?? (target.targetImmediate === undefined ? undefined : 'targetImmediate');
  if (found === undefined || fromSnapshots || target.backupID) return [];
  return [
    onValue(at('backupID'), `${found} does not tell which base backup is old enough to start from: add backupID.`),
  ];
}
