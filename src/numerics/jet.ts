/** A number with its derivatives in a few directions: forward differentiation, exact to rounding. Index 0 is the value. */
export type Jet = readonly number[];

/** Arithmetic of jets that all have the same number of directions. */
export function jetArithmetic(directions: number) {
  const lift = (a: Jet | number): Jet =>
    typeof a === "number" ? [a, ...new Array<number>(directions).fill(0)] : a;
  /** f(a) from its value and slope at a. */
  const chain = (a: Jet, value: number, slope: number): Jet => a.map((d, j) => (j === 0 ? value : slope * d));
  const combine = (
    a: Jet | number,
    b: Jet | number,
    value: (x: number, y: number) => [number, number, number],
  ): Jet => {
    const [left, right] = [lift(a), lift(b)];
    const [f, byA, byB] = value(left[0]!, right[0]!);
    return left.map((d, j) => (j === 0 ? f : byA * d + byB * right[j]!));
  };
  return {
    chain,
    add: (a: Jet | number, b: Jet | number) => combine(a, b, (x, y) => [x + y, 1, 1]),
    subtract: (a: Jet | number, b: Jet | number) => combine(a, b, (x, y) => [x - y, 1, -1]),
    multiply: (...factors: readonly (Jet | number)[]) =>
      factors.reduce<Jet>((a, b) => combine(a, b, (x, y) => [x * y, y, x]), lift(1)),
    divide: (a: Jet | number, b: Jet | number) => combine(a, b, (x, y) => [x / y, 1 / y, -x / (y * y)]),
  };
}
