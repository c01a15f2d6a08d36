import type { MaybeEdit } from '../edits.ts';
import { addKey, appendItem, plainText } from '../edits.ts';
import type { ManifestDocument } from '../manifest.ts';
import { placeOf } from '../manifest.ts';
import type { Side } from '../sides.ts';
import type { Rule } from './rule.ts';
import { fromItsStart, onValue } from './rule.ts';
import { linkParameter, linksFrom } from './links.ts';

const list = ['spec', 'certificates', 'serverAltDNSNames'];

export const hostNotInCertificate: Rule = {
  code: 'RC509',
  severity: 'warning',
  check: subject =>
    linksFrom(subject).flatMap(link => {
      const { other, parameters } = link;
      if (!other || parameters['sslmode'] !== 'verify-full') return [];
      // libpq takes a list, and tries one after the other.
      const host = parameters['host']?.split(',').find(each => each !== '' && !isNamed(other, each));
      // What is in a certificate of their own, manifests do not tell.
      if (host === undefined || other.cluster.spec.certificates?.serverTLSSecret) return [];
      const isAddress = /^[\d.]+$|:/.test(host);
      const edit = isAddress ? undefined : addServerName(fromItsStart(other.document), host);
      return [
        onValue(
          linkParameter(link, 'host'),
          isAddress
            ? `${host} is an address, and the certificate of ${other.name} has names only: use one of them, or verify-ca.`
            : `${host} is not in the certificate of ${other.name}: add it to spec.certificates.serverAltDNSNames there.`,
          {
            fixes: edit
              ? [
                  {
                    title: `Add ${host} to the certificate of ${other.name}`,
                    edits: [],
                    elsewhere: [{ entry: other, edits: [edit] }],
                  },
                ]
              : [],
            related: [{ entry: other, path: list, message: `certificates of ${other.name}` }],
          },
        ),
      ];
    }),
};

/** In any case of letters; `*.` stands for one label (PostgreSQL manual, "SSL Support"). */
function isFor(name: string, host: string): boolean {
  const [wanted, given] = [name.toLowerCase(), host.toLowerCase()];
  return wanted === given || (wanted.startsWith('*.') && given.slice(given.indexOf('.')) === wanted.slice(1));
}

function isNamed({ name, namespace, cluster }: Side, host: string): boolean {
  const { certificates, managed } = cluster.spec;
  if (certificates?.serverAltDNSNames?.some(each => isFor(each, host))) return true;
  const services = [
    ...['rw', 'r', 'ro'].map(suffix => `${name}-${suffix}`),
    ...(managed?.services?.additional ?? []).map(({ serviceTemplate }) => serviceTemplate?.metadata?.name),
  ];
  const [service, where, ...rest] = host.split('.');
  return (
    services.includes(service) &&
    (where === undefined || namespace === undefined || where === namespace) &&
    ['', 'svc', 'svc.cluster.local'].includes(rest.join('.'))
  );
}

/** Adds a name to the certificate that CloudNativePG makes for the Cluster. */
export function addServerName(document: ManifestDocument, host: string): MaybeEdit {
  if (placeOf(document, list)) return appendItem(document, list, [plainText(host)]);
  const item = `\n  - ${plainText(host)}`;
  return placeOf(document, list.slice(0, 2))
    ? addKey(document, list.slice(0, 2), 'serverAltDNSNames', item)
    : addKey(document, ['spec'], 'certificates', `\n  serverAltDNSNames:${item.replace('\n', '\n  ')}`);
}
