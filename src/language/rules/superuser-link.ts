import { addKey, setValue } from '../edits.ts';
import { placeOf } from '../manifest.ts';
import type { Rule } from './rule.ts';
import { fromItsStart, onValue } from './rule.ts';
import { linkParameter, linksFrom } from './links.ts';

const path = ['spec', 'enableSuperuserAccess'];

export const superuserLink: Rule = {
  code: 'RC506',
  severity: 'error',
  check: subject =>
    linksFrom(subject).flatMap(link => {
      const { other, parameters } = link;
      if (parameters['user'] !== 'postgres' || link.entry.sslCert || !other) return [];
      if (other.cluster.spec.enableSuperuserAccess === true) return [];
      const document = fromItsStart(other.document);
      const edit = placeOf(document, path)
        ? setValue(document, path, 'true')
        : addKey(document, ['spec'], path[1] ?? '', 'true');
      return [
        onValue(
          linkParameter(link, 'user'),
          `${other.name} has no enableSuperuserAccess: postgres has no password there. Use streaming_replica with its certificate.`,
          {
            fixes: edit
              ? [
                  {
                    title: `Enable superuser access in ${other.name}`,
                    edits: [],
                    elsewhere: [{ entry: other, edits: [edit] }],
                  },
                ]
              : [],
            related: [{ entry: other, path, message: `superuser access of ${other.name}` }],
          },
        ),
      ];
    }),
};
