/**
 * A number with its derivatives in a few directions, and its second derivatives in a few pairs of them: forward
 * differentiation, exact to rounding. Index 0 is the value, then the directions, then the pairs.
 */
export type Jet = readonly number[];

/** Arithmetic of jets that all have the same directions, and the same pairs of them (counted from 0). */
export function jetArithmetic(directions: number, pairs: readonly (readonly [number, number])[] = []) {
  const lift = (a: Jet | number): Jet =>
    typeof a === "number" ? [a, ...new Array<number>(directions + pairs.length).fill(0)] : a;
  /** f(a) from its value, slope and second derivative at a. */
  const chain = (a: Jet, value: number, slope: number, bend = 0): Jet => [
    value,
    ...a.slice(1, 1 + directions).map((d) => slope * d),
    ...pairs.map(([i, j], p) => slope * a[1 + directions + p]! + bend * a[1 + i]! * a[1 + j]!),
  ];
  /** f(a, b) from its value, slopes and second derivatives. */
  const combine = (
    a: Jet | number,
    b: Jet | number,
    at: (x: number, y: number) => readonly [f: number, a: number, b: number, ab: number, bb: number],
  ): Jet => {
    const [x, y] = [lift(a), lift(b)];
    const [f, byA, byB, byAB, byBB] = at(x[0]!, y[0]!);
    return x.map((d, slot) => {
      if (slot === 0) return f;
      const first = byA * d + byB * y[slot]!;
      if (slot <= directions) return first;
      const [i, j] = pairs[slot - 1 - directions]!.map((k) => k + 1) as [number, number];
      return first + byAB * (x[i]! * y[j]! + x[j]! * y[i]!) + byBB * y[i]! * y[j]!;
    });
  };
  return {
    chain,
    add: (a: Jet | number, b: Jet | number) => combine(a, b, (x, y) => [x + y, 1, 1, 0, 0]),
    subtract: (a: Jet | number, b: Jet | number) => combine(a, b, (x, y) => [x - y, 1, -1, 0, 0]),
    multiply: (...factors: readonly (Jet | number)[]) =>
      factors.reduce<Jet>((a, b) => combine(a, b, (x, y) => [x * y, y, x, 1, 0]), lift(1)),
    divide: (a: Jet | number, b: Jet | number) =>
      combine(a, b, (x, y) => [x / y, 1 / y, -x / (y * y), -1 / (y * y), (2 * x) / (y * y * y)]),
  };
}
