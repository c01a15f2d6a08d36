import { RE2JS } from 're2js';
import { clusterRule, ofValues, onValue } from './rule.ts';

export const slotPatterns = ofValues(
  clusterRule('slot-patterns', ({ spec }) => {
    const { highAvailability, synchronizeReplicas } = spec.replicationSlots ?? {};
    if (synchronizeReplicas?.enabled === false && highAvailability?.enabled === false) return [];
    return (synchronizeReplicas?.excludePatterns ?? []).flatMap((pattern, at) => {
      const fault = faultOf(pattern);
      if (fault === undefined) return [];
      return [
        onValue(
          ['spec', 'replicationSlots', 'synchronizeReplicas', 'excludePatterns', at],
          `"${pattern}" is no regular expression of RE2, which knows no look-around and no back-references: ${fault}.`,
        ),
      ];
    });
  }),
);

function faultOf(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).replace(/^error parsing regexp: /, '');
  }
}
