import { fix, removeKey } from '../edits.ts';
import { clusterRule, onKey } from './rule.ts';

export const certificates = clusterRule('certificates', ({ document, spec: { certificates: given = {} } }) => {
  const at = (field: keyof typeof given) => ['spec', 'certificates', field];
  return [
    ...(given.serverTLSSecret && given.serverAltDNSNames?.length
      ? [
          onKey(
            at('serverAltDNSNames'),
            'The names of a server certificate of your own are in it: remove serverAltDNSNames, or serverTLSSecret.',
            fix('Remove serverAltDNSNames', removeKey(document, at('serverAltDNSNames'))),
          ),
        ]
      : []),
    ...(given.serverTLSSecret && !given.serverCASecret
      ? [onKey(at('serverTLSSecret'), 'With serverTLSSecret the operator must know its CA: add serverCASecret.')]
      : []),
    ...(given.replicationTLSSecret && !given.clientCASecret
      ? [
          onKey(
            at('replicationTLSSecret'),
            'With replicationTLSSecret the operator must know its CA: add clientCASecret.',
          ),
        ]
      : []),
  ];
});
