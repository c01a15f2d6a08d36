/** What the picture's host and its webview say to each other. Both take what comes apart with suspicion. */
import type { Changes, Picture } from './picture.ts';

/** What a picture is of; kept by the webview over a reload of the window. */
export interface Subject {
  /** `metadata.name` of a member. */
  name: string;
  namespace?: string;
  context?: string;
}

export type ToWebview =
  | { type: 'picture'; picture: Picture; subject: Subject }
  | { type: 'changes'; changes: Changes }
  | { type: 'gone'; words: string; subject: Subject };

export type FromWebview =
  | { type: 'ready' }
  | { type: 'run'; item: string; command: string }
  | { type: 'connect' }
  | { type: 'copy-mermaid' }
  /** An SVG as text, a PNG in base64. */
  | { type: 'save'; format: 'svg' | 'png'; data: string };

/** Larger pictures are none of ours. */
const mostData = 64 * 1024 * 1024;
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Anything unexpected is dropped. Which command may run on which item the host decides: see {@link Picture}. */
export function parseFromWebview(value: unknown): FromWebview | undefined {
  const { type, item, command, format, data } = recordOf(value);
  if (type === 'ready' || type === 'connect' || type === 'copy-mermaid') return { type };
  if (type === 'run' && typeof item === 'string' && typeof command === 'string') return { type, item, command };
  if (type !== 'save' || typeof data !== 'string' || data.length > mostData) return undefined;
  if (format === 'svg' && data.startsWith('<svg ')) return { type, format, data };
  if (format === 'png' && base64.test(data)) return { type, format, data };
  return undefined;
}

export const viewType = 'cnpg.topology';
/** Of the view in the panel. */
export const panelViewId = 'cnpg.topologyPanel';

/** What VS Code tells a command that was chosen in the menu of a thing. @returns the id of the thing */
export function parseClicked(value: unknown): string | undefined {
  const { webview, cnpgItem } = recordOf(value);
  return (webview === viewType || webview === panelViewId) && typeof cnpgItem === 'string' ? cnpgItem : undefined;
}

export function parseToWebview(value: unknown): ToWebview | undefined {
  const { type, picture, changes, words, subject } = recordOf(value);
  if (type === 'picture' && Array.isArray(recordOf(picture)['items']) && parseSubject(subject))
    return value as ToWebview;
  const { items, gone } = recordOf(changes);
  if (type === 'changes' && Array.isArray(items) && Array.isArray(gone)) return value as ToWebview;
  if (type === 'gone' && typeof words === 'string' && parseSubject(subject)) return value as ToWebview;
  return undefined;
}

/** Also of what VS Code kept over a reload. */
export function parseSubject(value: unknown): Subject | undefined {
  const { name, namespace, context } = recordOf(value);
  if (typeof name !== 'string') return undefined;
  return {
    name,
    ...(typeof namespace === 'string' && { namespace }),
    ...(typeof context === 'string' && { context }),
  };
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
