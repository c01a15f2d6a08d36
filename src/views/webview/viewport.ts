/** Zoom and pan: which part of the picture is seen. */
import { set } from './elements.ts';

export interface Viewport {
  /** The picture has this size now. While nobody has zoomed, all of it is shown. */
  resize(width: number, height: number): void;
  fit: () => void;
  zoom(factor: number): void;
  /** Moves as little as needed for the rectangle to be seen. */
  reveal(area: { x: number; y: number; width: number; height: number }): void;
}

export function createViewport(root: SVGElement): Viewport {
  let picture = { width: 1, height: 1 };
  let view = { x: 0, y: 0, width: 1, height: 1 };
  let fitted = true;
  const show = (): void => set(root, { viewBox: `${view.x} ${view.y} ${view.width} ${view.height}` });

  function fit(): void {
    fitted = true;
    view = { x: 0, y: 0, ...picture };
    show();
  }

  /** @param centre stays where it is on the screen */
  function zoom(factor: number, centre = { x: view.x + view.width / 2, y: view.y + view.height / 2 }): void {
    const width = Math.min(picture.width * 4, Math.max(200, view.width / factor));
    const scale = width / view.width;
    fitted = false;
    view = {
      x: centre.x - (centre.x - view.x) * scale,
      y: centre.y - (centre.y - view.y) * scale,
      width,
      height: view.height * scale,
    };
    show();
  }

  /** Units of the picture for a pixel of the screen. */
  function perPixel(): number {
    const { width, height } = root.getBoundingClientRect();
    return Math.max(view.width / Math.max(1, width), view.height / Math.max(1, height));
  }

  function pointUnder(event: MouseEvent): { x: number; y: number } {
    const { left, top, width, height } = root.getBoundingClientRect();
    const scale = perPixel();
    return {
      x: view.x + view.width / 2 + (event.clientX - left - width / 2) * scale,
      y: view.y + view.height / 2 + (event.clientY - top - height / 2) * scale,
    };
  }

  function pan(dx: number, dy: number): void {
    fitted = false;
    view = { ...view, x: view.x + dx * perPixel(), y: view.y + dy * perPixel() };
    show();
  }

  root.addEventListener(
    'wheel',
    event => {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) zoom(Math.exp(-event.deltaY / 300), pointUnder(event));
      else pan(event.shiftKey ? event.deltaY : event.deltaX, event.shiftKey ? 0 : event.deltaY);
    },
    { passive: false },
  );
  root.addEventListener('pointerdown', begin => {
    if (begin.button !== 0) return;
    const move = (event: PointerEvent): void => {
      if (event.movementX !== 0 || event.movementY !== 0) pan(-event.movementX, -event.movementY);
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', () => window.removeEventListener('pointermove', move), { once: true });
  });

  return {
    resize(width, height) {
      if (picture.width === width && picture.height === height) return;
      picture = { width, height };
      if (fitted) fit();
    },
    fit,
    zoom,
    reveal(area) {
      if (fitted) return;
      const into = (start: number, length: number, from: number, size: number): number =>
        from < start ? from - 20 : from + size > start + length ? from + size - length + 20 : start;
      view = {
        ...view,
        x: into(view.x, view.width, area.x, area.width),
        y: into(view.y, view.height, area.y, area.height),
      };
      show();
    },
  };
}
