/** Lines of the picture as cubic Bézier curves: one form to draw, to measure and to put labels on. */

export interface Point {
  x: number;
  y: number;
}

export type Bezier = readonly [Point, Point, Point, Point];
export type Curve = readonly Bezier[];

export const at = (x: number, y: number): Point => ({ x, y });

export const line = (a: Point, b: Point): Curve => [[a, between(a, b, 1 / 3), between(a, b, 2 / 3), b]];

/** Through the corners, which are rounded. */
export function rounded(points: readonly Point[], radius: number): Curve {
  const parts: Bezier[] = [];
  let from = points[0] ?? at(0, 0);
  for (let i = 1; i < points.length; i++) {
    const [corner = from, next] = [points[i], points[i + 1]];
    if (!next) {
      parts.push(...line(from, corner));
      continue;
    }
    const [before, after] = [distance(from, corner), distance(corner, next)];
    const turn = Math.min(radius, before / 2, after / 2);
    const begin = between(corner, from, before === 0 ? 0 : turn / before);
    const end = between(corner, next, after === 0 ? 0 : turn / after);
    parts.push(...line(from, begin), [begin, corner, corner, end]);
    from = end;
  }
  return parts;
}

export function pathOf(curve: Curve): string {
  const [first] = curve;
  if (!first) return '';
  const text = ({ x, y }: Point): string => `${round(x)} ${round(y)}`;
  return `M${text(first[0])}${curve.map(([, b, c, d]) => ` C${text(b)} ${text(c)} ${text(d)}`).join('')}`;
}

/** @param share of the curve's length, roughly: 0 to 1 */
export function pointAt(curve: Curve, share: number): Point {
  const lengths = curve.map(([a, , , d]) => distance(a, d));
  let rest = share * lengths.reduce((sum, length) => sum + length, 0);
  for (const [index, part] of curve.entries()) {
    const length = lengths[index] ?? 0;
    if (rest <= length || index === curve.length - 1)
      return onBezier(part, length === 0 ? 0 : Math.min(1, rest / length));
    rest -= length;
  }
  return at(0, 0);
}

export const sample = (curve: Curve, points: number): Point[] =>
  Array.from({ length: points + 1 }, (_, index) => pointAt(curve, index / points));

function onBezier([a, b, c, d]: Bezier, t: number): Point {
  const s = 1 - t;
  const [w, x, y, z] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return at(w * a.x + x * b.x + y * c.x + z * d.x, w * a.y + x * b.y + y * c.y + z * d.y);
}

const between = (a: Point, b: Point, share: number): Point => at(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share);
const distance = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);
const round = (value: number): number => Math.round(value * 10) / 10;
