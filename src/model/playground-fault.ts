/** What can be broken in a playground, and how another process asks for it. */

export interface PlaygroundFault {
  id: string;
  /** What is broken, or what is done once. */
  title: string;
  /** Broken now; `undefined` for what happens once and has nothing to repair. */
  on: boolean | undefined;
}

/** `GET` lists the faults, `POST` to `/ID` turns one on or off and lists them again; both with the token as bearer. */
export interface FaultControl {
  url: string;
  token: string;
}

/** Beside the kubeconfig of a playground: its `FaultControl` as JSON. */
export const faultControlFile = 'playground.faults.json';
