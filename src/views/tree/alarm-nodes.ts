import type { Alarm } from '../../model/alarm.ts';
import type { TreeNode, Trouble } from './node.ts';
import { failure, node, warning } from './node.ts';

export const alarmNodeId = (alarm: Alarm): string => `alarm ${alarm.id}`;

export const alarmTrouble = ({ severity }: Alarm): Trouble => (severity === 'notice' ? undefined : severity);

/** The first thing below its topology: what is wrong, and on a click where it is. */
export const alarmNode = (alarm: Alarm): TreeNode =>
  node({
    id: alarmNodeId(alarm),
    kind: 'alarm',
    label: alarm.title,
    description: alarm.sentence,
    icon: alarm.severity === 'error' ? failure : alarm.severity === 'warning' ? warning : { id: 'info' },
    trouble: alarmTrouble(alarm),
    tooltip: [`${alarm.title}. ${alarm.sentence}`, `What to do: ${alarm.lookAt}`],
    contextValue: `alarm.${alarm.severity}`,
    ...(alarm.addresses[0] && { address: alarm.addresses[0], context: alarm.addresses[0].context }),
  });
