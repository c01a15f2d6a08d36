/** What is worth keeping of a listing that was read, when its document is long closed: what is missing, and what can be restored. */
import type { JudgedArchive } from './archive-answers.ts';
import type { ArchiveCheck, Finding, TimelineCheck } from './archive-check.ts';
import { archivePath } from './archive.ts';

export interface ArchiveReading {
  /** Of the archive, as {@link archivePath} has it. */
  path: string;
  /** When it was listed, in milliseconds since the epoch. */
  readAt: number;
  verdict: ArchiveCheck['verdict'];
  /** Not everything was listed. */
  truncated: boolean;
  /** Last complete segment in the line that is followed. */
  newest: string | undefined;
  /** How many segments are missing in that line, and the first of them. */
  missing: number;
  firstMissing: string | undefined;
  recoveryWindow: ArchiveCheck['recoveryWindow'];
  errors: Finding[];
  warnings: number;
}

export function readingOf({ listing, check }: JudgedArchive): ArchiveReading {
  const followed = check.timelines.filter(isFollowed);
  const gaps = followed.flatMap(({ verdict, missing }) => (verdict === 'gap' ? missing : []));
  return {
    path: archivePath({ configuration: { destinationPath: listing.destinationPath }, serverName: listing.serverName }),
    readAt: listing.listedAt.getTime(),
    verdict: check.verdict,
    truncated: check.truncated,
    newest: followed.flatMap(({ last }) => last ?? []).at(-1),
    missing: gaps.reduce((sum, { count }) => sum + count, 0),
    firstMissing: gaps[0]?.from,
    recoveryWindow: check.recoveryWindow,
    errors: check.findings.filter(({ severity }) => severity === 'error'),
    warnings: check.findings.filter(({ severity }) => severity === 'warning').length,
  };
}

const isFollowed = ({ verdict }: TimelineCheck): boolean => verdict !== 'foreign' && verdict !== 'future';

/** In three words or so. */
export function readingWords({ missing, errors: [error], truncated }: ArchiveReading): string {
  if (missing > 0) return `gap: ${missing} ${missing === 1 ? 'segment' : 'segments'} missing`;
  if (error) return error.code.replaceAll('-', ' ');
  return truncated ? 'listed in part' : 'no gaps';
}
