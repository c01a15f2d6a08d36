import { majorOf, tagOf } from '../admission/images.ts';
import type { Path } from '../manifest.ts';
import { idOf } from '../sides.ts';
import type { ClusterManifest } from '../sound.ts';
import type { Rule } from './rule.ts';
import { onValue, primaryOf } from './rule.ts';

export const majorVersions: Rule = {
  code: 'RC601',
  severity: 'error',
  check(subject) {
    const { cluster, entry } = subject;
    const primary = primaryOf(subject);
    if (!primary) return [];
    const [own, theirs] = [majorVersion(cluster), majorVersion(primary.cluster)];
    const related = [{ entry: primary, path: imagePath(primary.cluster), message: `version of ${idOf(primary)}` }];
    if (own === undefined && theirs !== undefined && cluster.spec.imageName)
      return [
        onValue(
          imagePath(cluster),
          `The name of the image does not tell its version; it has to be PostgreSQL ${theirs}, as in ${idOf(primary)}.`,
          { severity: 'hint', related },
        ),
      ];
    if (own === undefined || theirs === undefined || own === theirs) return [];
    return [
      onValue(
        imagePath(cluster),
        `${idOf(entry)} runs PostgreSQL ${own} and ${idOf(primary)} ${theirs}: a physical copy needs the same major version.`,
        { related },
      ),
    ];
  },
};

/** Of the image or of the catalog's entry; without both the operator chooses. */
export const majorVersion = ({ spec: { imageCatalogRef, imageName } }: ClusterManifest): number | undefined =>
  imageCatalogRef ? imageCatalogRef.major : imageName ? majorOf(tagOf(imageName)) : undefined;

export const imagePath = ({ spec }: ClusterManifest): Path =>
  spec.imageCatalogRef ? ['spec', 'imageCatalogRef', 'major'] : ['spec', 'imageName'];
