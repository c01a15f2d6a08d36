import * as vscode from 'vscode';
import { Failure } from '../errors.ts';
import { readDescription } from './describe.ts';
import type { DiffLanguage } from './diff-with-live.ts';
import { refreshComparison } from './diff-with-live.ts';
import { describeScheme, liveScheme, referenceOf } from './live-pages.ts';
import type { LiveYamlDependencies } from './open-live-yaml.ts';
import { readLiveYaml } from './open-live-yaml.ts';

/** Reads the object of the page in the active editor again. */
export const refreshDocument =
  (deps: LiveYamlDependencies, language: () => Promise<DiffLanguage>) =>
  async (argument?: unknown): Promise<void> => {
    const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
    const reference = uri && referenceOf(uri);
    if (reference && uri.scheme === liveScheme && uri.fragment !== '') await refreshComparison(deps, language, uri);
    else if (reference && uri.scheme === liveScheme) await readLiveYaml(deps, reference, uri);
    else if (reference && uri.scheme === describeScheme) await readDescription(deps, reference, uri);
    else
      throw new Failure('no-page', {
        what: 'There is no page to refresh',
        why: 'The active editor shows no object of Kubernetes.',
        remedy: 'Open one with CNPG: Open Live YAML or CNPG: Describe.',
      });
  };
