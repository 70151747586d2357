import { dependsOnPrices, isPositive } from "../analyse.js";
import {
  add,
  constant,
  divide,
  exp,
  log,
  market,
  max,
  min,
  multiply,
  negate,
  sqrt,
  subtract,
} from "../build.js";
import { dependsOnMarket } from "../differentiate.js";
import type { BinaryOp, Expression, PathOp } from "../expression.js";
import { partsInOrder } from "../operands.js";

/** factor · exp(base) · (y/S₀)^power: base and power large and of opposite effect must meet before the exponential is taken. */
export interface Growth {
  readonly factor: Expression;
  readonly base: Expression;
  readonly power: Expression;
}

/** cash + units · y + logs · ln(y/S₀) + growths, and what has none of these forms. */
interface Terms {
  readonly cash: Expression;
  readonly units: Expression;
  readonly logs: Expression;
  readonly growths: readonly Growth[];
  /** Whether something else is in it, smooth in y, and what, in words. */
  readonly other: string | null;
}

/** Terms up to the level `to` of y; null is no end. */
export interface Piece extends Terms {
  readonly to: Expression | null;
}

/**
 * A function of a price y > 0, piece by piece. The pieces lie in order, each from where the one before ends, and the last has no
 * end. Levels and coefficients may differ from path to path, and pieces may be empty. What holds at a level itself has no probability.
 * What decides between two amounts is linear in y or in ln y.
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
const NOTHING: Terms = { cash: ZERO, units: ZERO, logs: ZERO, growths: [], other: null };
const spot = market("spot");

/** Something smooth that is not told. */
function otherwise(op: string): Terms {
  return { ...NOTHING, other: `the payoff is not linear in the price: ${op}` };
}

/** The units of y in each observed price, or an error that says why y is not in it alone. */
export type PriceUnits = (date: number) => Expression;

/** An amount as a function of y, in which every price it looks at is linear. Throws NotLinear with the reason in words. */
export function piecesOf(amount: Expression, unitsOf: PriceUnits): Pieces {
  const found = openPieces(amount, unitsOf, "told");
  if (found.some(({ logs }) => !isZero(logs))) throw new NotLinear(otherwise("log").other!);
  return found;
}

/** The levels of a price that is looked at alone between which an amount is smooth in it, in order. Throws NotLinear as `piecesOf`. */
export function levelsOf(amount: Expression): readonly Expression[] {
  return openPieces(amount, () => ONE, "smooth").flatMap(({ to }) => (to === null ? [] : [to]));
}

function openPieces(amount: Expression, unitsOf: PriceUnits, wanted: "told" | "smooth"): Pieces {
  const known = new Map<Expression, Pieces>();
  for (const part of partsInOrder(amount)) {
    const own = pieces(part);
    const why = own.find(({ other }) => other !== null)?.other ?? null;
    // At once: what follows may be long.
    if (why !== null && wanted === "told") throw new NotLinear(why);
    known.set(part, own);
  }
  return known.get(amount)!;

  function pieces(part: Expression): Pieces {
    switch (part.op) {
      case "constant":
      case "market":
        return [{ ...NOTHING, to: null, cash: part }];
      case "price":
        return units(unitsOf(part.date));
      case "mean":
      case "geometric-mean":
      case "highest":
      case "lowest":
        return units(statistic(part.op, part.dates.map(unitsOf)));
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
        const { op, of } = part;
        const own = known.get(of)!.map((piece) => ({ to: piece.to, ...unary(op, piece) }));
        // Only of a line is it known where it passes 0, and so that what is drawn from it has no kink or pole there: sqrt(x x) is |x|.
        const mayBend = own.some(({ other }, i) => other !== null && !isLinear(known.get(of)![i]!));
        if ((op === "sqrt" || op === "log") && mayBend && !isPositive(of))
          throw new NotLinear(`the payoff takes ${op} of what may be 0`);
        // What the engine writes itself, in numbers of the market, has a mean.
        if (
          op === "exp" &&
          own.at(-1)!.other !== null &&
          !falls(known.get(of)!.at(-1)!) &&
          !dependsOnMarket(of)
        )
          throw new NotLinear("the payoff may grow faster than any power of the price, and have no mean");
        return own;
      }
      default:
        return combine(known.get(part.left)!, known.get(part.right)!, part.op);
    }
  }
}

function unary(op: "sqrt" | "exp" | "log" | "normal-cdf" | "inverse-normal", of: Terms): Terms {
  const { cash, logs } = of;
  if (isCash(of)) return { ...NOTHING, cash: ofCash(op, cash) };
  if (op === "exp" && isCash({ ...of, logs: ZERO }))
    return { ...NOTHING, growths: [{ factor: ONE, base: cash, power: logs }] };
  const only = op === "log" ? onlyPower(of) : null;
  if (only === null) return otherwise(op);
  return { ...NOTHING, cash: add(log(only.factor), only.base), logs: only.power };
}

function ofCash(op: Parameters<typeof unary>[0], cash: Expression): Expression {
  if (op === "sqrt") return sqrt(cash);
  if (op === "exp") return exp(cash);
  return op === "log" ? log(cash) : { op, of: cash };
}

function units(amount: Expression): Pieces {
  return [{ ...NOTHING, to: null, units: amount }];
}

/** Whether it is a line that falls with y. */
function falls(terms: Terms): boolean {
  return isLinear(terms) && signOf(terms.units) < 0;
}

/** Whether nothing moves with y. */
function isCash(terms: Terms): boolean {
  return isZero(terms.units) && isLinear(terms);
}

function isLinear({ logs, growths, other }: Terms): boolean {
  return isZero(logs) && growths.length === 0 && other === null;
}

/** units · y as a power of y/S₀. */
function growthOf(units: Expression): Growth {
  return { factor: product(units, spot), base: ZERO, power: ONE };
}

/** All that moves as a power of y. */
function powersOf({ units, growths }: Terms): readonly Growth[] {
  return isZero(units) ? growths : [growthOf(units), ...growths];
}

/** The power that an amount consists of, or null. */
function onlyPower(terms: Terms): Growth | null {
  const [only, another] = powersOf(terms);
  const isAlone = another === undefined && isZero(terms.cash) && isZero(terms.logs) && terms.other === null;
  return isAlone ? (only ?? null) : null;
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

function scaled({ to, ...terms }: Piece, factor: number): Piece {
  const times = (value: Expression) =>
    value.op === "constant"
      ? constant(factor * value.value)
      : factor === -1
        ? negate(value)
        : multiply(value, factor);
  const { cash, units, logs, growths, other } = terms;
  return {
    ...{ to, cash: times(cash), units: times(units), logs: times(logs), other },
    growths: growths.map((growth) => ({ ...growth, factor: times(growth.factor) })),
  };
}

/** An operation on two functions, on every piece that both share. */
export function combine(left: Pieces, right: Pieces, op: BinaryOp): Pieces {
  const result: Piece[] = [];
  const push = (piece: Piece, from: Expression | null) => {
    if (isEmpty(from, piece.to)) return;
    const last = result.at(-1);
    // Neighbours that are the same are one.
    if (last !== undefined && areSame(last, piece)) result.pop();
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

/** Two functions over the same range. */
function combineLinear(a: Piece, b: Piece, op: BinaryOp, range: Range): readonly Piece[] {
  const { to } = range;
  switch (op) {
    case "add":
      return [{ to, ...sum(a, b) }];
    case "subtract":
      return [{ to, ...difference(a, b) }];
    case "multiply":
      return [{ to, ...productOf(a, b) }];
    case "divide":
      return [{ to, ...quotient(a, b) }];
    case "max":
    case "min":
      return extreme(a, b, op, range);
    default:
      return compared(a, b, op, range);
  }
}

function sum(a: Terms, b: Terms): Terms {
  return {
    ...{ cash: add(a.cash, b.cash), units: add(a.units, b.units), logs: add(a.logs, b.logs) },
    growths: [...a.growths, ...b.growths],
    other: a.other ?? b.other,
  };
}

function difference(a: Terms, b: Terms): Terms {
  return {
    cash: subtract(a.cash, b.cash),
    units: subtract(a.units, b.units),
    logs: subtract(a.logs, b.logs),
    growths: [...a.growths, ...scaled({ ...b, to: null }, -1).growths],
    other: a.other ?? b.other,
  };
}

function productOf(a: Terms, b: Terms): Terms {
  if (isNone(a) || isNone(b)) return NOTHING;
  if ((!isZero(a.logs) && !isCash(b)) || (!isZero(b.logs) && !isCash(a))) return otherwise("log");
  const growths = [
    ...powersOf(a).flatMap((one) => powersOf(b).map((other) => grown(one, other))),
    ...a.growths.map((growth) => ({ ...growth, factor: product(growth.factor, b.cash) })),
    ...b.growths.map((growth) => ({ ...growth, factor: product(growth.factor, a.cash) })),
  ];
  return {
    cash: product(a.cash, b.cash),
    units: add(product(a.units, b.cash), product(a.cash, b.units)),
    logs: add(product(a.logs, b.cash), product(a.cash, b.logs)),
    growths: growths.filter(({ factor }) => !isZero(factor)),
    other: a.other ?? b.other,
  };
}

function grown(a: Growth, b: Growth): Growth {
  return { factor: product(a.factor, b.factor), base: add(a.base, b.base), power: add(a.power, b.power) };
}

function quotient(a: Terms, b: Terms): Terms {
  if (isCash(b)) {
    const by = (value: Expression) => (isZero(value) ? ZERO : divide(value, b.cash));
    return {
      ...{ cash: divide(a.cash, b.cash), units: by(a.units), logs: by(a.logs) },
      growths: a.growths.map((growth) => ({ ...growth, factor: by(growth.factor) })),
      other: a.other,
    };
  }
  if (isNone(a)) return NOTHING;
  const below = onlyPower(b);
  if (below === null || !isZero(a.logs) || a.other !== null) return otherwise("a division by it");
  const inverse = { factor: divide(1, below.factor), base: negate(below.base), power: negate(below.power) };
  // The ratio of two prices does not move with y.
  const isRatio = !isZero(a.units) && !isZero(b.units);
  const above = isRatio ? a.growths : powersOf(a);
  const all = isZero(a.cash) ? above : [{ factor: a.cash, base: ZERO, power: ZERO }, ...above];
  return {
    ...NOTHING,
    cash: isRatio ? divide(a.units, b.units) : ZERO,
    growths: all.map((growth) => grown(growth, inverse)),
  };
}

function extreme(a: Piece, b: Piece, op: "max" | "min", range: Range): readonly Piece[] {
  const { to } = range;
  const by = whatDecides(a, b);
  const pick = op === "max" ? max : min;
  if (isSame(a[by], b[by])) return [{ ...a, to, cash: pick(a.cash, b.cash) }];
  if (by === "units" && isSame(a.cash, b.cash)) return [{ ...a, to, units: pick(a.units, b.units) }];
  const { level, isRising } = crossing(a, b, by, range);
  const [below, above] = (op === "max") === isRising ? [b, a] : [a, b];
  return [
    { ...below, to: level },
    { ...above, to },
  ];
}

function compared(a: Piece, b: Piece, op: Exclude<BinaryOp, "max" | "min">, range: Range): readonly Piece[] {
  const { to } = range;
  const by = whatDecides(a, b);
  const isUp = op === "greater" || op === "greater-equal";
  const truth = (holds: boolean, end: Expression | null): Piece => ({
    ...NOTHING,
    to: end,
    cash: holds ? ONE : ZERO,
  });
  if (isSame(a[by], b[by])) {
    const gap = subtract(a.cash, b.cash);
    // Numbers of the market decide alike on every path.
    if (dependsOnMarket(gap) && !differsByPath(gap))
      return [{ ...NOTHING, to, cash: { op, left: a.cash, right: b.cash } }];
    if (gap.op !== "constant") throw new NotLinear("the payoff jumps with a ratio of prices");
    const holds = gap.value === 0 ? op === "greater-equal" || op === "less-equal" : gap.value > 0 === isUp;
    return [truth(holds, to)];
  }
  if (by === "units" && isSame(a.cash, b.cash))
    throw new NotLinear("the payoff jumps with a ratio of prices");
  const { level, isRising } = crossing(a, b, by, range);
  return [truth(isRising !== isUp, level), truth(isRising === isUp, to)];
}

function differsByPath(value: Expression): boolean {
  return partsInOrder(value).some(({ op }) => op === "input");
}

/** Only lines in y, or in ln y, are compared: they cross once. */
function whatDecides(a: Terms, b: Terms): "units" | "logs" {
  if (isLinear(a) && isLinear(b)) return "units";
  const isLog = (terms: Terms) => isCash({ ...terms, logs: ZERO });
  if (isLog(a) && isLog(b)) return "logs";
  throw new NotLinear("the payoff compares amounts that are not linear in the price");
}

/** Where a − b passes 0, held within the range, and whether it rises there. */
function crossing(
  a: Piece,
  b: Piece,
  by: "units" | "logs",
  { from, to }: Range,
): { level: Expression; isRising: boolean } {
  const sign = isZero(b[by])
    ? signOf(a[by])
    : isZero(a[by])
      ? -signOf(b[by])
      : signOf(subtract(a[by], b[by]));
  if (sign === 0)
    throw new NotLinear("which of two amounts grows faster with the price differs from path to path");
  const ratio = divide(subtract(b.cash, a.cash), subtract(a[by], b[by]));
  const root = by === "units" ? ratio : multiply(spot, exp(ratio));
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

function areSame(a: Terms, b: Terms): boolean {
  return isSame(a.cash, b.cash) && isSame(a.units, b.units) && isLinear(a) && isLinear(b);
}

function product(a: Expression, b: Expression): Expression {
  return isZero(a) || isZero(b) ? ZERO : multiply(a, b);
}

function isNone(terms: Terms): boolean {
  return isZero(terms.cash) && isCash(terms);
}

/** Whether a function is 0 everywhere. */
export function isNothing(pieces: Pieces): boolean {
  return pieces.every(isNone);
}

/** Whether a function is constant on every piece, and does not differ from path to path. */
export function isStep(pieces: Pieces): boolean {
  return pieces.every((piece) => isCash(piece) && !dependsOnPrices(piece.cash));
}
