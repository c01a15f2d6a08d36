/** The picture as a file of its own: what is drawn now, in the colours of the theme, with the state and the time on it. */
import type { Layout } from '../topology/layout.ts';
import type { Picture } from '../topology/picture.ts';
import { svg } from './elements.ts';

const caption = 44;

/** @param now the time that is written on it */
export function asSvg(root: SVGElement, picture: Picture, layout: Layout, now: Date): string {
  const copy = root.cloneNode(true) as SVGElement;
  for (const element of copy.querySelectorAll('*'))
    for (const name of ['tabindex', 'role', 'data-id', 'data-vscode-context']) element.removeAttribute(name);
  for (const ring of copy.querySelectorAll('.ring, .hit')) ring.remove();
  const { width, height } = layout;
  const size = { width, height: height + caption };
  for (const [name, value] of Object.entries({
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${size.width} ${size.height}`,
    ...size,
  }))
    copy.setAttribute(name, String(value));
  copy.prepend(
    svg('style', {}, [], withColours(document.getElementById('drawing-style')?.textContent ?? '')),
    svg('rect', { ...size, fill: colour('--vscode-editor-background') }),
  );
  const when = `${now.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const how = picture.source === 'written' ? 'as written in manifests' : 'as observed';
  copy.append(
    svg('text', { x: width / 2, y: height + 8, class: 'small' }, [], `${picture.title}, ${how} at ${when}`),
    svg('text', { x: width / 2, y: height + 28, class: 'small' }, [], cut(picture.summary, width)),
  );
  return new XMLSerializer().serializeToString(copy);
}

/** In base64, with two pixels a unit. */
export async function asPng(text: string, { width, height }: Layout): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  // Browsers refuse canvases that are too large.
  const scale = Math.min(2, 8000 / Math.max(width, height));
  [canvas.width, canvas.height] = [Math.round(width * scale), Math.round((height + caption) * scale)];
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').replace(/^[^,]*,/, '');
}

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const withColours = (style: string): string =>
  style.replace(/var\((--[\w-]+)(?:,[^)]*)?\)/g, (_, name: string) => colour(name) || 'currentColor');

const cut = (text: string, width: number): string => {
  const room = Math.floor(width / 6.6);
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
};
