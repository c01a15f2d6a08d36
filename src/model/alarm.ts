/** What an alarm is, and the judgement that alarms belong to. */
import type { Address } from './kubernetes.ts';

export type AlarmKind =
  | 'two-primaries'
  | 'no-primary'
  | 'leader-down'
  | 'token-refused'
  | 'archive-failing'
  | 'diverged'
  | 'future-timeline'
  | 'system-ids'
  | 'not-fed'
  | 'streaming-cut'
  | 'lag';

export interface Alarm {
  /** Same as long as the same thing is wrong with the same objects. */
  id: string;
  kind: AlarmKind;
  /** A notice is no alarm: something is under way as it should be. */
  severity: 'error' | 'warning' | 'notice';
  /** Two or three words. */
  title: string;
  /** What is wrong, with the evidence. */
  sentence: string;
  lookAt: string;
  /** Clusters that it is about. */
  addresses: Address[];
  topologyId: string | undefined;
  /** What gets out of it at once, where that is known. */
  wayOut?: WayOut;
  instance?: string;
}

/** `promote with token`: of a member that was demoted before it was lost. `withdraw promotion`: with a token that leads nowhere. */
export interface WayOut {
  way: 'promote with token' | 'withdraw promotion';
  /** The Cluster to do it to. */
  address: Address;
}

export interface Judgement {
  /** Worst first. */
  alarms: Alarm[];
  /** Ids of alarms that can be neither raised nor lifted now. */
  undecided: Set<string>;
}

/** Where judges put what they find. */
export interface Verdict {
  raise(alarm: Alarm): void;
  undecided(id: string): void;
}
