import { majorOf, postgresMajor, tagOf } from '../admission/images.ts';
import { clusterRule, ofValues, onValue } from './rule.ts';

/** PostgreSQL's oldest major version that the operator runs. */
const oldest = 13;

export const imageName = ofValues(
  clusterRule('image-name', ({ spec }) => {
    const { imageName: image = '', imageCatalogRef } = spec;
    const path = imageCatalogRef ? ['spec', 'imageCatalogRef', 'major'] : ['spec', 'imageName'];
    if (image !== '') {
      const tag = tagOf(image);
      if (tag === 'latest')
        return [
          onValue(
            path,
            'The tag "latest" says nothing of the version, and upgrades could not be seen: name a version, such as :18.4.',
          ),
        ];
      if (tag === '')
        return [
          onValue(
            path,
            'A digest alone says nothing of the version: write the tag before it, such as :18.4@sha256:...',
          ),
        ];
      if (majorOf(tag) === undefined)
        return [
          onValue(
            path,
            `The tag "${tag}" must begin with the version of PostgreSQL, such as 18.4 or 17.5-standard-bookworm.`,
          ),
        ];
    }
    const major = postgresMajor(spec);
    if (major === undefined || major >= oldest) return [];
    return [onValue(path, `PostgreSQL ${major} is not supported: ${oldest} or newer is.`)];
  }),
);
