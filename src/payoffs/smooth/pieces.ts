import { dependsOnPrices, isPositive } from "../analyse.js";
import { add, constant, divide, exp, log, max, min, multiply, negate, sqrt, subtract } from "../build.js";
import type { BinaryOp, Expression, PathOp } from "../expression.js";
import { partsInOrder } from "../operands.js";

/** cash + units · y, up to the level `to` of y; null is no end. */
export interface Piece {
  readonly to: Expression | null;
  readonly cash: Expression;
  readonly units: Expression;
}

/**
 * A piecewise linear function of a price y > 0. The pieces lie in order, each from where the one before ends, and the last has no
 * end. Levels and coefficients may differ from path to path, and pieces may be empty. What holds at a level itself has no probability.
 */
export type Pieces = readonly Piece[];

/** Why a payoff is none. */
export class NotLinear extends Error {}

/** More pieces than this are no payoff that anybody wrote. */
const MOST_PIECES = 500;
/** Stands for the level 0, whose logarithm no path needs. */
const LOWEST = 1e-300;
const ZERO = constant(0);
const ONE = constant(1);

/** The units of y in each observed price, or an error that says why y is not in it alone. */
export type PriceUnits = (date: number) => Expression;

/** An amount as a function of y, in which every price it looks at is linear. Throws NotLinear with the reason in words. */
export function piecesOf(amount: Expression, unitsOf: PriceUnits): Pieces {
  const known = new Map<Expression, Pieces>();
  for (const part of partsInOrder(amount)) known.set(part, pieces(part));
  return known.get(amount)!;

  function pieces(part: Expression): Pieces {
    switch (part.op) {
      case "constant":
        return cash(part);
      case "price":
        return units(unitsOf(part.date));
      case "mean":
      case "geometric-mean":
      case "highest":
      case "lowest":
        return units(statistic(part.op, part.dates.map(unitsOf)));
      case "market":
        throw new NotLinear("the payoff is watched between dates");
      case "input":
        throw new Error("an amount looks at prices alone");
      case "negate":
        return known.get(part.of)!.map((piece) => scaled(piece, -1));
      case "abs": {
        const of = known.get(part.of)!;
        return combine(
          of,
          of.map((piece) => scaled(piece, -1)),
          "max",
        );
      }
      case "sqrt":
      case "exp":
      case "log":
      case "normal-cdf":
      case "inverse-normal": {
        const { op } = part;
        return known.get(part.of)!.map(({ to, cash, units }) => {
          if (!isZero(units)) throw new NotLinear(`the payoff is not linear in the price: ${op}`);
          return { to, cash: unary(op, cash), units };
        });
      }
      default:
        return combine(known.get(part.left)!, known.get(part.right)!, part.op);
    }
  }
}

function unary(op: "sqrt" | "exp" | "log" | "normal-cdf" | "inverse-normal", of: Expression): Expression {
  if (op === "sqrt") return sqrt(of);
  if (op === "exp") return exp(of);
  return op === "log" ? log(of) : { op, of };
}

function cash(amount: Expression): Pieces {
  return [{ to: null, cash: amount, units: ZERO }];
}

function units(amount: Expression): Pieces {
  return [{ to: null, cash: ZERO, units: amount }];
}

/** A statistic of prices that are all in proportion to y is in proportion to it too. */
function statistic(op: PathOp, of: readonly Expression[]): Expression {
  const joined = (join: (a: Expression, b: Expression) => Expression) => of.reduce(join);
  switch (op) {
    case "mean":
      return divide(joined(add), of.length);
    case "geometric-mean":
      return exp(
        divide(of.map((units) => (units.op === "exp" ? units.of : log(units))).reduce(add), of.length),
      );
    case "highest":
      return joined(max);
    case "lowest":
      return joined(min);
  }
}

function scaled({ to, cash, units }: Piece, factor: number): Piece {
  const times = (value: Expression) =>
    value.op === "constant"
      ? constant(factor * value.value)
      : factor === -1
        ? negate(value)
        : multiply(value, factor);
  return { to, cash: times(cash), units: times(units) };
}

/** An operation on two functions, on every piece that both share. */
export function combine(left: Pieces, right: Pieces, op: BinaryOp): Pieces {
  const result: Piece[] = [];
  const push = (piece: Piece, from: Expression | null) => {
    if (isEmpty(from, piece.to)) return;
    const last = result.at(-1);
    // Neighbours that are the same are one.
    if (last !== undefined && isSame(last.cash, piece.cash) && isSame(last.units, piece.units)) result.pop();
    result.push(piece);
    if (result.length > MOST_PIECES) throw new NotLinear(`the payoff has more than ${MOST_PIECES} pieces`);
  };
  let from: Expression | null = null;
  for (const a of left) {
    const start = from;
    let begin = start;
    for (const b of right) {
      const end = b.to === null ? a.to : within(b.to, start, a.to);
      let previous = begin;
      if (!isEmpty(begin, end)) {
        for (const piece of combineLinear(a, b, op, { from: begin, to: end })) {
          push(piece, previous);
          previous = piece.to;
        }
      }
      begin = end;
      if (b.to === null) break;
    }
    from = a.to;
  }
  return result;
}

interface Range {
  readonly from: Expression | null;
  readonly to: Expression | null;
}

/** Two linear functions over the same range. */
function combineLinear(a: Piece, b: Piece, op: BinaryOp, range: Range): readonly Piece[] {
  const { to } = range;
  switch (op) {
    case "add":
      return [{ to, cash: add(a.cash, b.cash), units: add(a.units, b.units) }];
    case "subtract":
      return [{ to, cash: subtract(a.cash, b.cash), units: subtract(a.units, b.units) }];
    case "multiply":
      if (!isZero(a.units) && !isZero(b.units))
        throw new NotLinear("the payoff is not linear in the price: a product of prices");
      return [
        { to, cash: product(a.cash, b.cash), units: add(product(a.units, b.cash), product(a.cash, b.units)) },
      ];
    case "divide":
      // The ratio of two prices does not move with y.
      if (!isZero(b.units) && isZero(a.cash) && isZero(b.cash))
        return [{ to, cash: divide(a.units, b.units), units: ZERO }];
      if (!isZero(b.units))
        throw new NotLinear("the payoff is not linear in the price: a division by the price");
      return [{ to, cash: divide(a.cash, b.cash), units: isZero(a.units) ? ZERO : divide(a.units, b.cash) }];
    case "max":
    case "min":
      return extreme(a, b, op, range);
    default:
      return compared(a, b, op, range);
  }
}

function extreme(a: Piece, b: Piece, op: "max" | "min", range: Range): readonly Piece[] {
  const { to } = range;
  const pick = op === "max" ? max : min;
  if (isSame(a.units, b.units)) return [{ to, cash: pick(a.cash, b.cash), units: a.units }];
  if (isSame(a.cash, b.cash)) return [{ to, cash: a.cash, units: pick(a.units, b.units) }];
  const { level, isRising } = crossing(a, b, range);
  const [below, above] = (op === "max") === isRising ? [b, a] : [a, b];
  return [
    { ...below, to: level },
    { ...above, to },
  ];
}

function compared(a: Piece, b: Piece, op: Exclude<BinaryOp, "max" | "min">, range: Range): readonly Piece[] {
  const { to } = range;
  const isUp = op === "greater" || op === "greater-equal";
  const truth = (holds: boolean, end: Expression | null): Piece => ({
    to: end,
    cash: holds ? ONE : ZERO,
    units: ZERO,
  });
  if (isSame(a.units, b.units)) {
    const gap = subtract(a.cash, b.cash);
    if (gap.op !== "constant") throw new NotLinear("the payoff jumps with a ratio of prices");
    const holds = gap.value === 0 ? op === "greater-equal" || op === "less-equal" : gap.value > 0 === isUp;
    return [truth(holds, to)];
  }
  if (isSame(a.cash, b.cash)) throw new NotLinear("the payoff jumps with a ratio of prices");
  const { level, isRising } = crossing(a, b, range);
  return [truth(isRising !== isUp, level), truth(isRising === isUp, to)];
}

/** Where a − b passes 0, held within the range, and whether it rises there. */
function crossing(a: Piece, b: Piece, { from, to }: Range): { level: Expression; isRising: boolean } {
  const sign = isZero(b.units)
    ? signOf(a.units)
    : isZero(a.units)
      ? -signOf(b.units)
      : signOf(subtract(a.units, b.units));
  if (sign === 0)
    throw new NotLinear("which of two amounts grows faster with the price differs from path to path");
  const root = divide(subtract(b.cash, a.cash), subtract(a.units, b.units));
  const positive = from === null && !isPositive(root) ? max(root, LOWEST) : root;
  return { level: within(positive, from, to), isRising: sign > 0 };
}

/** 1 or −1 where the form tells, else 0. */
function signOf(value: Expression): number {
  if (value.op === "constant") return Math.sign(value.value);
  if (value.op === "negate") return -signOf(value.of);
  if (value.op === "subtract" && isZero(value.left)) return -signOf(value.right);
  return isPositive(value) ? 1 : 0;
}

function within(level: Expression, from: Expression | null, to: Expression | null): Expression {
  const high = from === null ? level : max(level, from);
  return to === null ? high : min(high, to);
}

function isEmpty(from: Expression | null, to: Expression | null): boolean {
  if (to?.op !== "constant") return from !== null && from === to;
  return to.value <= (from === null ? LOWEST : from.op === "constant" ? from.value : -Infinity);
}

export function isZero(value: Expression): boolean {
  return value.op === "constant" && value.value === 0;
}

function isSame(a: Expression, b: Expression): boolean {
  return a === b || (a.op === "constant" && b.op === "constant" && a.value === b.value);
}

function product(a: Expression, b: Expression): Expression {
  return isZero(a) || isZero(b) ? ZERO : multiply(a, b);
}

/** Whether a function is constant on every piece, and does not differ from path to path. */
export function isStep(pieces: Pieces): boolean {
  return pieces.every(({ cash, units }) => isZero(units) && !dependsOnPrices(cash));
}
