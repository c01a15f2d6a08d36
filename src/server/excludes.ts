/** What a workspace says is not to be looked at: `files.exclude` and `search.exclude` of the editor, and `.cnpglintignore`. */
import fs from 'node:fs';
import path from 'node:path';
import ignore from 'ignore';

export interface Excludes {
  /** @param given values of the sections `files` and `search` */
  set(given: readonly unknown[]): void;
  /** @param file absolute; what is in no folder of the workspace is excluded too */
  isExcluded: (file: string, isFolder: boolean) => boolean;
}

/** As `lint` reads it. */
const ignoreFile = '.cnpglintignore';

/** @param folders of the workspace, absolute */
export function createExcludes(folders: () => readonly string[]): Excludes {
  let patterns: string[] = [];
  const known = new Map<string, ignore.Ignore>();

  function rulesOf(folder: string): ignore.Ignore {
    let rules = known.get(folder);
    if (!rules) {
      const file = path.join(folder, ignoreFile);
      rules = ignore().add(patterns);
      if (fs.existsSync(file)) rules.add(fs.readFileSync(file, 'utf8'));
      known.set(folder, rules);
    }
    return rules;
  }

  return {
    set(given) {
      patterns = given.flatMap(section => {
        const exclude = (section as { exclude?: Record<string, unknown> } | null)?.exclude ?? {};
        return Object.keys(exclude)
          .filter(pattern => exclude[pattern] === true)
          .flatMap(withoutBraces);
      });
      known.clear();
    },
    isExcluded(file, isFolder) {
      const folder = folders().find(each => file.startsWith(each.endsWith(path.sep) ? each : each + path.sep));
      if (folder === undefined) return true;
      const relative = path.relative(folder, file).split(path.sep).join('/');
      return rulesOf(folder).ignores(isFolder ? `${relative}/` : relative);
    },
  };
}

/** `**\/*.{a,b}` as the two patterns that it stands for: patterns of `.gitignore` have no braces. */
function withoutBraces(pattern: string): string[] {
  const found = /^(.*?)\{([^{}]*)\}(.*)$/.exec(pattern);
  if (!found) return [pattern];
  const [, before = '', choices = '', after = ''] = found;
  return choices.split(',').flatMap(choice => withoutBraces(before + choice + after));
}
