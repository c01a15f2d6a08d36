import { isRecord } from '../manifest.ts';
import { clusterRule, ofValues, onValue } from './rule.ts';

const annotation = 'alpha.cnpg.io/livenessPinger';

export const livenessAnnotation = ofValues(
  clusterRule('liveness-annotation', ({ metadata }) => {
    const text = metadata.annotations?.[annotation];
    const fault = text === undefined ? undefined : faultOf(text);
    if (fault === undefined) return [];
    return [
      onValue(
        ['metadata', 'annotations', annotation],
        `${annotation}: ${fault}. Write {"enabled": true, "requestTimeout": 1000, "connectionTimeout": 1000} (milliseconds), or better spec.probes.liveness.isolationCheck.`,
      ),
    ];
  }),
);

function faultOf(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is no JSON';
  }
  if (value === null) return 'enabled is missing';
  if (!isRecord(value)) return 'it is no JSON object';
  // Go takes the names of fields in any case.
  const fields = new Map(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field]));
  const enabled = fields.get('enabled') ?? null;
  // Neither 1e3 nor 1.0 is a whole number for Go.
  const isFraction = /\d[.eE]/.test(text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""'));
  const odd =
    isFraction || ['requesttimeout', 'connectiontimeout'].some(name => !Number.isInteger(fields.get(name) ?? 0));
  if (odd) return 'timeouts are whole numbers';
  if (enabled === null) return 'enabled is missing';
  return typeof enabled === 'boolean' ? undefined : 'enabled must be true or false';
}
