/** Makers of elements. Texts are set as text, never as HTML. */

export type Attributes = Record<string, string | number>;

export function svg(name: string, attributes: Attributes = {}, children: readonly Element[] = [], content?: string) {
  const created = document.createElementNS('http://www.w3.org/2000/svg', name);
  set(created, attributes);
  if (content !== undefined) created.textContent = content;
  created.append(...children);
  return created;
}

export function html<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  content: string | readonly Node[] = '',
): HTMLElementTagNameMap[K] {
  const created = document.createElement(name);
  set(created, attributes);
  if (typeof content === 'string') created.textContent = content;
  else created.append(...content);
  return created;
}

/** Only what is otherwise is written: an attribute that is set again is drawn again. */
export function set(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes))
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

export function setText(element: Element, text: string): void {
  if (element.textContent === text) return;
  if (element.firstChild instanceof Text && element.childNodes.length === 1) element.firstChild.data = text;
  else element.textContent = text;
}

export const button = (words: string, run: () => void, attributes: Attributes = {}): HTMLButtonElement => {
  const created = html('button', { type: 'button', ...attributes }, words);
  created.addEventListener('click', run);
  return created;
};

/** Gives the element children like these; what is alike stays, so that little is laid out and painted anew. */
export function fill(parent: Element, children: readonly Element[]): void {
  for (const [index, wanted] of children.entries()) {
    const there = parent.children[index];
    if (!there) parent.append(wanted);
    else if (there.tagName !== wanted.tagName || there.attributes.length !== wanted.attributes.length)
      there.replaceWith(wanted);
    else {
      set(there, Object.fromEntries([...wanted.attributes].map(({ name, value }) => [name, value])));
      if (wanted.children.length > 0 || there.children.length > 0) fill(there, [...wanted.children]);
      else setText(there, wanted.textContent ?? '');
    }
  }
  while (parent.children.length > children.length) parent.lastElementChild?.remove();
}
