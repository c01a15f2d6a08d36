/** All periods of a connection in one place, so that tests can be quicker than people. */
export interface Times {
  /** Seconds after which the server ends a watch; a fifth is added at random. */
  watchSeconds: number;
  /** Milliseconds without any byte after which a stream counts as dead: bookmarks come about once a minute. */
  silence: number;
  /** First and longest pause after a failure, in milliseconds. */
  backOff: { first: number; longest: number };
  /** Milliseconds until a kind that the API server did not have is asked for again. */
  absent: number;
  /** Milliseconds between two renewals of credentials that are refused: exec plugins may open a browser. */
  renewal: number;
  status: {
    /** Milliseconds between two readings of an instance that is watched closely, and of one that is only in view. */
    closely: number;
    loosely: number;
    /** Longest pause for an instance that does not answer. */
    longest: number;
    /** Until the right to ask is tried again. */
    denied: number;
  };
  /** Milliseconds between two looks at the clock, and the jump of it that means that the machine has slept. */
  clock: { look: number; jump: number };
  /** Milliseconds since the epoch. */
  now: () => number;
}

export const usualTimes: Times = {
  watchSeconds: 240,
  silence: 150_000,
  backOff: { first: 500, longest: 30_000 },
  absent: 300_000,
  renewal: 10_000,
  status: { closely: 5000, loosely: 30_000, longest: 60_000, denied: 60_000 },
  clock: { look: 5000, jump: 60_000 },
  now: Date.now,
};
