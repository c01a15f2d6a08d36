/** The settings of each open file: folders of a workspace may have their own. */
import type { RuleSetting } from '../language/index.ts';
import { ruleSettings } from '../language/index.ts';
import type { Connection, DidChangeConfigurationParams } from 'vscode-languageserver/node';

export interface Settings {
  version: string;
  places: Record<string, string>;
  /** Where members of topologies are: `context`, `context/namespace` or `context/namespace/cluster` by name. */
  members: Record<string, string>;
  /** Severities of rules over both sides, by code; `off`: not reported. */
  rules: Record<string, RuleSetting>;
}

export const usualSettings: Settings = { version: 'auto', places: {}, members: {}, rules: {} };

/** What is not as it should be counts as not set. */
export function readSettings(given: unknown): Settings {
  const { version, places, members, rules } = (typeof given === 'object' && given !== null ? given : {}) as Record<
    string,
    unknown
  >;
  return {
    version: typeof version === 'string' ? version : usualSettings.version,
    places: textsOf(places),
    members: textsOf(members),
    rules: Object.fromEntries(
      pairsOf(rules).filter((pair): pair is [string, RuleSetting] => ruleSettings.includes(pair[1] as RuleSetting)),
    ),
  };
}

const textsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(pairsOf(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));

const pairsOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

export interface SettingsOfFiles {
  of(uri: string): Settings;
  forget(uri: string): void;
  /** What a client that cannot be asked says to all files at once. */
  changed: (params: DidChangeConfigurationParams) => void;
}

/**
 * @param canAsk the client answers `workspace/configuration`
 * @param onChange called when the settings of a file are not what was said of them before
 */
export function createSettings(connection: Connection, canAsk: () => boolean, onChange: () => void): SettingsOfFiles {
  const known = new Map<string, Settings>();
  let shared = usualSettings;

  /** Until there is an answer, the file has the shared ones. */
  function ask(uri: string): void {
    known.set(uri, shared);
    connection.workspace
      .getConfiguration({ scopeUri: uri, section: 'cnpg' })
      .then((given: unknown) => {
        const found = readSettings(given);
        if (!known.has(uri) || JSON.stringify(found) === JSON.stringify(known.get(uri))) return;
        known.set(uri, found);
        onChange();
      })
      .catch((error: unknown) => connection.console.error(`settings of ${uri}: ${String(error)}`));
  }

  return {
    of(uri) {
      if (!canAsk()) return shared;
      if (!known.has(uri)) ask(uri);
      return known.get(uri) ?? shared;
    },
    forget: uri => void known.delete(uri),
    changed({ settings }) {
      const given = (settings as { cnpg?: unknown } | undefined)?.cnpg;
      if (given !== undefined) shared = readSettings(given);
      for (const uri of known.keys()) ask(uri);
      onChange();
    },
  };
}

/** Contexts may contain "/", as those of EKS do: of the contexts that are known the longest one counts. */
export function contextsOfMembers(
  { members, places }: Settings,
  connected: readonly string[],
): Readonly<Record<string, string>> {
  const known = [...connected, ...Object.values(places)].sort((a, b) => b.length - a.length);
  return Object.fromEntries(
    Object.entries(members).map(([name, place]) => [
      name,
      known.find(context => place === context || place.startsWith(`${context}/`)) ?? place.split('/')[0] ?? place,
    ]),
  );
}
