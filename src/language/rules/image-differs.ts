import { tagOf } from '../admission/images.ts';
import { fix, plainText, setValue } from '../edits.ts';
import { idOf } from '../sides.ts';
import { imagePath, majorVersion } from './major-versions.ts';
import type { Rule } from './rule.ts';
import { onValue, primaryOf } from './rule.ts';

export const imageDiffers: Rule = {
  code: 'RC602',
  severity: 'info',
  check(subject) {
    const { document, cluster } = subject;
    const primary = primaryOf(subject);
    const [own, theirs] = [cluster.spec.imageName, primary?.cluster.spec.imageName];
    if (!primary || !own || !theirs || tagOf(own) === tagOf(theirs)) return [];
    if (majorVersion(cluster) === undefined || majorVersion(cluster) !== majorVersion(primary.cluster)) return [];
    const [here, there] = [distributionOf(own), distributionOf(theirs)];
    const isOther = here !== undefined && there !== undefined && here !== there;
    const path = imagePath(cluster);
    return [
      onValue(
        path,
        isOther
          ? `The image is built on ${here} here and on ${there} in ${idOf(primary)}: with another libc or ICU text sorts differently, and indexes on text are corrupt after a switchover.`
          : `The image is ${tagOf(own)} here and ${tagOf(theirs)} in ${idOf(primary)}. When both are to be the same again, upgrade replica clusters first.`,
        {
          ...(isOther && { severity: 'warning' }),
          fixes: fix(`Change to ${theirs}`, setValue(document, path, plainText(theirs))),
          related: [{ entry: primary, path: imagePath(primary.cluster), message: `image of ${idOf(primary)}` }],
        },
      ),
    ];
  },
};

/** `18.4-system-trixie` → `trixie`. */
const distributionOf = (image: string): string | undefined =>
  /-(bullseye|bookworm|trixie|forky|ubi\d+)\b/.exec(tagOf(image))?.[1];
