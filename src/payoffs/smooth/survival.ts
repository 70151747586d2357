import { dependsOnPrices, someDates } from "../analyse.js";
import {
  add,
  constant,
  input,
  inverseNormal,
  max,
  min,
  multiply,
  negate,
  price,
  subtract,
} from "../build.js";
import type { Expression } from "../expression.js";
import { expectation, probability } from "./expectation.js";
import { combine, isNothing, isStep, isZero, NotLinear, type Pieces, piecesOf } from "./pieces.js";
import { returnLaw } from "./returns.js";

/** A coefficient times functions of one price each, by date. */
interface Product {
  readonly coefficient: Expression;
  readonly factors: ReadonlyMap<number, Pieces>;
}

/** More products than this are no chain of decisions. */
const MOST_PRODUCTS = 2000;
const TOO_MANY = "the payoff has too many ways to survive";

/** A path that has come as far as `date` within the ranges of its decisions: ln S/S₀, and how likely it was. */
interface Survivor {
  readonly date: number;
  readonly logPrice: Expression;
  readonly likelihood: Expression | number;
}

/** Between two levels of the price at a date; null is none. */
interface Decision {
  readonly date: number;
  readonly from: Expression | null;
  readonly to: Expression | null;
}

/**
 * The mean of an amount by one-step survival: a payoff that is a sum of products of functions of single prices (a barrier, an
 * autocall) lives as long as its price stays within ranges. Every step is drawn within its range, U uniform,
 *
 *     z = Φ⁻¹(Φ(a) + U (Φ(b) − Φ(a))),   likelihood × (Φ(b) − Φ(a)),
 *
 * and the last price of a product is integrated out. So nothing jumps, and all derivatives exist. Input k is the uniform of
 * interval k. Throws NotLinear with the reason. Glasserman and Staum, Operations Research 49 (2001) 923.
 */
export function openSurvival(): (amount: Expression) => Expression {
  const survivors = new Map<string, Survivor>();
  const start: Survivor = { date: -1, logPrice: constant(0), likelihood: 1 };

  /** The survivor of a chain of decisions; chains that begin alike share their beginning. */
  const survivorOf = (decisions: readonly Decision[]): Survivor => {
    if (decisions.length === 0) return start;
    const key = JSON.stringify(decisions);
    const known = survivors.get(key);
    if (known !== undefined) return known;
    const survivor = step(survivorOf(decisions.slice(0, -1)), decisions.at(-1)!);
    survivors.set(key, survivor);
    return survivor;
  };

  const meanOf = ({ coefficient, factors }: Product): Expression => {
    const dates = [...factors.keys()].sort((a, b) => a - b);
    const last = dates.pop();
    if (last === undefined) return coefficient;
    let chains: readonly Chain[] = [{ decisions: [], factor: coefficient }];
    for (const date of dates) {
      const found = ranges(date, factors.get(date)!);
      if (chains.length * found.length > MOST_PRODUCTS) throw new NotLinear(TOO_MANY);
      chains = chains.flatMap(({ decisions, factor }) =>
        found.map(({ decision, cash }) => ({
          decisions: [...decisions, decision],
          factor: multiply(factor, cash),
        })),
      );
    }
    return sum(
      chains.map(({ decisions, factor }) => {
        const { date, logPrice, likelihood } = survivorOf(decisions);
        const { mean, deviation } = returnLaw(date, last);
        const value = expectation(factors.get(last)!, { mean: add(logPrice, mean), deviation });
        return multiply(multiply(likelihood, value), factor);
      }),
    );
  };
  return (amount) => sum(productsOf(amount).map(meanOf));
}

interface Chain {
  readonly decisions: readonly Decision[];
  readonly factor: Expression;
}

/** Where a step function of the price at a date is not 0. */
function ranges(date: number, pieces: Pieces) {
  if (!isStep(pieces)) throw new NotLinear("the payoff multiplies prices of several dates");
  let from: Expression | null = null;
  const found: { readonly decision: Decision; readonly cash: Expression }[] = [];
  for (const { to, cash } of pieces) {
    if (!isZero(cash)) found.push({ decision: { date, from, to }, cash });
    from = to;
  }
  return found;
}

/** Keeps Φ⁻¹ finite where no path survives (added, it leaves the slope alone), or none can be told from all. */
const LEAST = 1e-300;
const MOST = 1 - 2 ** -53;

function step({ date: before, logPrice, likelihood }: Survivor, { date, from, to }: Decision): Survivor {
  const law = returnLaw(before, date);
  const logLaw = { mean: add(logPrice, law.mean), deviation: law.deviation };
  const survival = probability(from, to, logLaw);
  const uniform = input(date);
  const normal =
    to === null && from !== null
      ? // Drawn from above, where the probability does not cancel.
        negate(inverseNormal(add(multiply(subtract(1, uniform), survival), LEAST)))
      : from === null
        ? inverseNormal(to === null ? uniform : add(multiply(uniform, survival), LEAST))
        : inverseNormal(
            min(max(add(probability(null, from, logLaw), multiply(uniform, survival)), LEAST), MOST),
          );
  return {
    date,
    logPrice: add(logLaw.mean, multiply(logLaw.deviation, normal)),
    likelihood: multiply(likelihood, survival),
  };
}

function sum(terms: readonly Expression[]): Expression {
  return terms.reduce<Expression>(add, constant(0));
}

/** Writes an amount as a sum of products of functions of one price each. Throws NotLinear where it is none. */
function productsOf(amount: Expression): readonly Product[] {
  const known = new Map<Expression, readonly Product[]>();
  const of = (part: Expression): readonly Product[] => {
    const before = known.get(part);
    if (before !== undefined) return before;
    const found = products(part);
    if (found.length > MOST_PRODUCTS) throw new NotLinear(TOO_MANY);
    known.set(part, found);
    return found;
  };
  const products = (part: Expression): readonly Product[] => {
    const [date, another] = someDates(part);
    if (another === undefined) return [single(date, part)];
    switch (part.op) {
      case "mean":
        return part.dates.map((date) => single(date, multiply(price(date), 1 / part.dates.length)));
      case "negate":
        return of(part.of).map((product) => scaled(product, constant(-1)));
      case "add":
        return [...of(part.left), ...of(part.right)];
      case "subtract":
        return [...of(part.left), ...of(part.right).map((product) => scaled(product, constant(-1)))];
      case "multiply":
        return of(part.left).flatMap((a) => of(part.right).flatMap((b) => multiplied(a, b)));
      case "greater":
      case "greater-equal":
      case "less":
      case "less-equal":
        return decisions(part.op, part.left, part.right);
      default:
        throw new NotLinear("the payoff joins the prices of several dates");
    }
  };
  return of(amount);
}

/** A part that looks at one price, or at none. */
function single(date: number | undefined, part: Expression): Product {
  const pieces = piecesOf(part, () => ONE);
  const [first] = pieces;
  const isConstant = pieces.length === 1 && isStep(pieces);
  if (date === undefined || isConstant) return { coefficient: first!.cash, factors: new Map() };
  return { coefficient: ONE, factors: new Map([[date, pieces]]) };
}

function scaled({ coefficient, factors }: Product, by: Expression): Product {
  return { coefficient: multiply(coefficient, by), factors };
}

/** Their product, or nothing where they exclude each other. */
function multiplied(a: Product, b: Product): readonly Product[] {
  const factors = new Map(a.factors);
  for (const [date, pieces] of b.factors) {
    const own = factors.get(date);
    const joint = own === undefined ? pieces : combine(own, pieces, "multiply");
    if (isNothing(joint)) return [];
    factors.set(date, joint);
  }
  return [{ coefficient: multiply(a.coefficient, b.coefficient), factors }];
}

const mirrored = {
  greater: "less",
  "greater-equal": "less-equal",
  less: "greater",
  "less-equal": "greater-equal",
} as const;
const opposite = {
  greater: "less-equal",
  "greater-equal": "less",
  less: "greater-equal",
  "less-equal": "greater",
} as const;

/** An extreme of prices against a level is a decision at every date: all of them on one side, or not all on the other. */
function decisions(op: keyof typeof mirrored, left: Expression, right: Expression): readonly Product[] {
  if (!dependsOnPrices(left) && dependsOnPrices(right)) return decisions(mirrored[op], right, left);
  if (dependsOnPrices(right) || (left.op !== "highest" && left.op !== "lowest"))
    throw new NotLinear("the payoff compares the prices of several dates");
  const isAll = (left.op === "highest") === (op === "less" || op === "less-equal");
  const each = isAll ? op : opposite[op];
  const all: Product = {
    coefficient: isAll ? ONE : constant(-1),
    factors: new Map(
      left.dates.map((date) => [date, piecesOf({ op: each, left: price(date), right }, () => ONE)]),
    ),
  };
  return isAll ? [all] : [{ coefficient: ONE, factors: new Map() }, all];
}

const ONE = constant(1);
