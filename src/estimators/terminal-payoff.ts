import type { EuropeanPayoff } from "../closed-forms/european-payoff.js";
import { unaryArithmetic } from "../payoffs/arithmetic.js";
import type { BinaryOp, Expression } from "../payoffs/expression.js";
import type { PayoffFunction } from "../payoffs/payoff.js";

/** Linear between `from` and `to`: cash + units × S. The pieces of a function cover (0, ∞) in order. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly cash: number;
  readonly units: number;
}

/** More pieces than this are no payoff that anybody wrote. */
const MOST_PIECES = 1000;

/**
 * An amount as a piecewise linear function of the final price, or why it is none. What it pays at the very break points has
 * no probability.
 */
export function terminalPayoff(amount: Expression | PayoffFunction, dates: number): EuropeanPayoff | string {
  if (typeof amount === "function") return "the payoff is code, which cannot be looked into";
  const pieces = piecesOf(amount, dates - 1);
  if (typeof pieces === "string") return pieces;
  return pieces
    .filter(({ cash, units }) => cash !== 0 || units !== 0)
    .map(({ from, to, cash, units }) => ({ above: from, below: to, cash, units }));
}

function piecesOf(expression: Expression, last: number): readonly Piece[] | string {
  switch (expression.op) {
    case "constant":
      return [{ from: 0, to: Infinity, cash: expression.value, units: 0 }];
    case "price":
      return expression.date === last
        ? [{ from: 0, to: Infinity, cash: 0, units: 1 }]
        : "the payoff looks at prices before the last date";
    case "mean":
    case "geometric-mean":
    case "highest":
    case "lowest":
      return expression.dates.every((date) => date === last)
        ? [{ from: 0, to: Infinity, cash: 0, units: 1 }]
        : "the payoff looks at prices before the last date";
    case "negate": {
      const of = piecesOf(expression.of, last);
      return typeof of === "string"
        ? of
        : of.map((piece) => ({ ...piece, cash: -piece.cash, units: -piece.units }));
    }
    case "abs": {
      const of = piecesOf(expression.of, last);
      if (typeof of === "string") return of;
      const negative = of.map((piece) => ({ ...piece, cash: -piece.cash, units: -piece.units }));
      return combine(of, negative, "max");
    }
    case "market":
      return "the payoff is watched between dates";
    case "sqrt":
    case "exp":
    case "log":
    case "normal-cdf": {
      const of = piecesOf(expression.of, last);
      if (typeof of === "string") return of;
      if (of.some(({ units }) => units !== 0))
        return `the payoff is not linear in the final price: ${expression.op}`;
      const map = unaryArithmetic[expression.op];
      return of.map((piece) => ({ ...piece, cash: map(piece.cash) }));
    }
    default: {
      const left = piecesOf(expression.left, last);
      if (typeof left === "string") return left;
      const right = piecesOf(expression.right, last);
      return typeof right === "string" ? right : combine(left, right, expression.op);
    }
  }
}

function combine(left: readonly Piece[], right: readonly Piece[], op: BinaryOp): readonly Piece[] | string {
  const levels = [...new Set([...left, ...right].flatMap(({ from, to }) => [from, to]))].sort(
    (a, b) => a - b,
  );
  if (levels.length > MOST_PIECES) return `the payoff has more than ${MOST_PIECES} pieces`;
  const result: Piece[] = [];
  for (let i = 0; i + 1 < levels.length; i++) {
    const [from, to] = [levels[i]!, levels[i + 1]!];
    const at = (pieces: readonly Piece[]) => pieces.find((piece) => piece.from <= from && piece.to >= to)!;
    const combined = combineLinear({ ...at(left), from, to }, { ...at(right), from, to }, op);
    if (typeof combined === "string") return combined;
    result.push(...combined);
  }
  return result;
}

/** Two linear functions over the same interval. */
function combineLinear(a: Piece, b: Piece, op: BinaryOp): readonly Piece[] | string {
  const { from, to } = a;
  const piece = (cash: number, units: number): readonly Piece[] => [{ from, to, cash, units }];
  switch (op) {
    case "add":
      return piece(a.cash + b.cash, a.units + b.units);
    case "subtract":
      return piece(a.cash - b.cash, a.units - b.units);
    case "multiply":
      if (a.units !== 0 && b.units !== 0)
        return "the payoff is not linear in the final price: a product of prices";
      return piece(a.cash * b.cash, a.units * b.cash + a.cash * b.units);
    case "divide":
      if (b.units !== 0) return "the payoff is not linear in the final price: a division by the price";
      return piece(a.cash / b.cash, a.units / b.cash);
    default: {
      const indicator = (holds: boolean, { from: start, to: end }: Piece): Piece => ({
        from: start,
        to: end,
        cash: holds ? 1 : 0,
        units: 0,
      });
      return whereGreater(a, b).map(({ part, isGreater }) => {
        const own = { ...part, cash: a.cash, units: a.units };
        const other = { ...part, cash: b.cash, units: b.units };
        // Equal everywhere on the part, or greater, or less.
        if (op === "max") return isGreater === true ? own : other;
        if (op === "min") return isGreater === true ? other : own;
        if (isGreater === null) return indicator(op === "greater-equal" || op === "less-equal", part);
        return indicator((op === "greater" || op === "greater-equal") === isGreater, part);
      });
    }
  }
}

/** The parts of the interval on which a − b is above 0, below, or (null) nothing at all. */
function whereGreater(
  a: Piece,
  b: Piece,
): readonly { readonly part: Piece; readonly isGreater: boolean | null }[] {
  const { from, to } = a;
  const cash = a.cash - b.cash;
  const units = a.units - b.units;
  const root = -cash / units;
  const signAt = (price: number) => cash + units * price > 0;
  const part = (start: number, end: number): Piece => ({ from: start, to: end, cash: 0, units: 0 });
  if (units === 0) return [{ part: part(from, to), isGreater: cash === 0 ? null : cash > 0 }];
  const inside = to === Infinity ? from + 1 : (from + to) / 2;
  if (!(root > from && root < to)) return [{ part: part(from, to), isGreater: signAt(inside) }];
  return [
    { part: part(from, root), isGreater: units < 0 },
    { part: part(root, to), isGreater: units > 0 },
  ];
}
