import * as vscode from 'vscode';

/** Who makes the changes: this extension, or who applies the manifests of the workspace. */
export type Way = 'live' | 'manifests';

/**
 * What Argo CD or Flux own they would change back.
 * @param owner the tool that applies the Clusters from Git; `undefined`: none was noticed
 * @returns `undefined` when the user backs out
 */
export async function pickWay(title: string, owner: string | undefined): Promise<Way | undefined> {
  if (owner === undefined) return 'live';
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: 'Edit the Manifests',
        description: 'in the workspace; the run follows as they are applied',
        way: 'manifests' as const,
      },
      { label: 'Patch the Live Clusters', description: 'the tool may change them back', way: 'live' as const },
    ],
    { title, placeHolder: `Applied from Git: ${owner}` },
  );
  return picked?.way;
}
