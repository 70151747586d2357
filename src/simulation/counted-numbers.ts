import type { CountLaw } from "../dynamics/dynamics.js";
import { add, constant, divide, market, multiply, sqrt, subtract, type Value } from "../payoffs/build.js";
import { withMarket } from "../payoffs/differentiate.js";
import type { Expression, MarketLeaf } from "../payoffs/expression.js";
import type { LawNumbers } from "./law-numbers.js";
import type { Schedule } from "./schedule.js";

// A payoff of one return of a price that jumps: given the number of jumps the return is that of the model between them, with other m
// and s, so that the payoff's mean is a sum over the numbers. Merton, J. Financial Economics 3 (1976) 125, §2.

/**
 * Numbers of jumps less likely than `least` do not matter, nor do their derivatives; a sum of more terms than `most` is not worth it.
 * Where nothing else is simulated it is exact. Elsewhere each term is a copy of the payoff, and jumps are left to the paths unless they
 * are so rare, one in thirty, that these would see too few of what matters.
 */
const TERMS = { exact: { least: 1e-20, most: 128 }, simulated: { least: 1e-12, most: 6 } };

/** The number of jumps up to the only date; null where there are no jumps, more dates, or too many to sum over. */
export function countsOf({ dynamics: { jumps }, parameters, dates }: Schedule): CountLaw | null {
  if (jumps === undefined || dates.length > 1) return null;
  const { least, most } = TERMS[jumps.base.isBrownian ? "exact" : "simulated"];
  const counts = jumps.counts({ parameters, dates }, least);
  return counts.most <= most ? counts : null;
}

/** What is worth `value` without any jumps, times the probability of a number of them, summed over the numbers. */
export function overCounts(value: Expression, numbers: readonly number[]): Expression {
  const given = (jumps: number) =>
    withMarket(value, (leaf) =>
      leaf.name === "drift" || leaf.name === "deviation" ? { ...leaf, jumps } : leaf,
    );
  return numbers
    .map((jumps) => multiply({ ...market("probability"), jumps }, given(jumps)))
    .reduce<Expression>(add, constant(0));
}

/** The numbers of the model between jumps, and those given a number of jumps. */
export function countedNumbers(base: LawNumbers, counts: CountLaw): LawNumbers {
  const known = new Map<string, Value>();
  const partOf = { drift: "mean", deviation: "variance", probability: "probability" } as const;
  const ofJumps = ({ name, jumps }: MarketLeaf, by?: string) =>
    counts[partOf[name as keyof typeof partOf]](jumps!, by);
  const movesBase = (leaf: MarketLeaf, parameter: string) =>
    leaf.name !== "probability" && base.moves(leaf, parameter);
  /** The base's own, 0 where a parameter does not move it. */
  const ofBase = (leaf: MarketLeaf, by: readonly string[]): Value =>
    by.every((parameter, i) => movesBase({ ...leaf, by: by.slice(0, i) }, parameter))
      ? base.value({ ...leaf, by })
      : 0;

  const numberOf = (leaf: MarketLeaf): Value => {
    const { name, by } = leaf;
    const [a, b] = by;
    if (name === "probability") return ofJumps(leaf, a);
    if (name === "drift") return add(ofBase(leaf, by), b === undefined ? ofJumps(leaf, a) : 0);
    const own = ofBase(leaf, []);
    if (a === undefined) return leaf.jumps === 0 ? own : sqrt(add(multiply(own, own), ofJumps(leaf)));
    const deviation = value({ ...leaf, by: [] });
    const byA = ofBase(leaf, [a]);
    // s' = √(s² + v): s' ∂s' = s ∂s + ∂v/2, and s' ∂_ab s' = s ∂_ab s + ∂_a s ∂_b s − ∂_a s' ∂_b s'.
    if (b === undefined) return divide(add(multiply(own, byA), ofJumps(leaf, a) / 2), deviation);
    const others = add(multiply(own, ofBase(leaf, by)), multiply(byA, ofBase(leaf, [b])));
    const both = multiply(value({ ...leaf, by: [a] }), value({ ...leaf, by: [b] }));
    return divide(subtract(others, both), deviation);
  };
  const value = (leaf: MarketLeaf): Value => {
    if (leaf.jumps === undefined) return base.value(leaf);
    const key = `${leaf.name} ${leaf.jumps} ${leaf.by.join()}`;
    const found = known.get(key) ?? numberOf(leaf);
    known.set(key, found);
    return found;
  };

  return {
    hasScore: base.hasScore,
    moves: (leaf, parameter) =>
      leaf.jumps === undefined
        ? base.moves(leaf, parameter)
        : movesBase(leaf, parameter) || (leaf.by.length === 0 && ofJumps(leaf, parameter) !== 0),
    value,
  };
}
