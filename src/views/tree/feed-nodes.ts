import { formatDuration } from '../../model/duration.ts';
import type { Feed } from '../../model/feed.ts';
import { feedWords } from '../../model/feed.ts';
import { formatBytes } from '../../model/instances.ts';
import { addressKey } from '../../model/kubernetes.ts';
import type { Behind } from '../../model/positions.ts';
import type { Side } from '../../model/side.ts';
import type { TreeNode, Trouble } from './node.ts';
import { node, staleColor, warning } from './node.ts';

/** `12 s`, `more than 3 min`. */
export const behindWords = ({ seconds, atLeast }: Behind): string =>
  `${atLeast ? 'more than ' : ''}${formatDuration(seconds)}`;

export const feedTrouble = (feed: Feed, { readable }: Side): Trouble =>
  readable && (feed.works === 'none' || feed.interrupted) ? 'warning' : undefined;

/** What does not work comes first. */
const waysWords = ({ interrupted, works }: Feed): string[] => [
  ...(interrupted ? ['streaming interrupted'] : []),
  ...(interrupted && works === 'unknown' ? [] : [feedWords[works]]),
];

/** How the designated primary is fed. */
export function feedNode(feed: Feed, side: Side): TreeNode {
  const { member, readable, snapshot } = side;
  const { address } = member;
  const trouble = feedTrouble(feed, side);
  const configured = {
    both: 'streaming and archive',
    streaming: 'streaming only',
    archive: 'archive only',
    nothing: 'nothing: its external cluster names neither',
  }[feed.configured];
  const lag = feed.bytes === undefined ? 'lag unknown' : `lag ${formatBytes(feed.bytes)}`;
  return node({
    id: `feed ${addressKey(address)}`,
    kind: 'feed',
    label: `Fed by ${feed.source}`,
    description: readable
      ? [...waysWords(feed), lag, ...(feed.time && feed.bytes !== 0n ? [behindWords(feed.time)] : [])].join(' · ')
      : 'unknown',
    icon: !readable
      ? { id: 'arrow-circle-right', color: staleColor }
      : trouble
        ? warning
        : {
            id:
              feed.works === 'archive'
                ? 'cloud-download'
                : feed.works === 'streaming'
                  ? 'arrow-circle-right'
                  : 'question',
          },
    trouble,
    tooltip: [
      `What feeds the designated primary of ${address.name}`,
      ['By its manifest', configured],
      ['Streams from', feed.host ?? 'not configured'],
      ['Works now', readable ? feedWords[feed.works] : `unknown: ${snapshot.context} cannot be read`],
      [
        'Behind',
        feed.bytes === undefined
          ? 'unknown: a side was not read, or the timelines differ'
          : `${formatBytes(feed.bytes)}, ${feed.segments} whole segments${feed.time ? `, ${behindWords(feed.time)}` : ''}`,
      ],
      ['Needs next', feed.needed ?? 'unknown'],
      ['Newest archived by the source', feed.newestArchived ?? 'unknown'],
      ...(feed.archivedAhead === undefined
        ? []
        : [
            [
              'Archived and not replayed',
              `${feed.archivedAhead} segment${feed.archivedAhead === 1n ? '' : 's'}`,
            ] as const,
          ]),
    ],
    address,
    context: address.context,
  });
}
