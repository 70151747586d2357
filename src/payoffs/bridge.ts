import { log as logarithm } from "../numerics/elementary.js";
import { gaussLegendre } from "../numerics/gauss-legendre.js";
import {
  add,
  constant,
  divide,
  exp,
  greater,
  greaterEqual,
  less,
  log,
  market,
  max,
  min,
  multiply,
  negate,
  normalCdf,
  price,
  sqrt,
  subtract,
  type Value,
} from "./build.js";
import type { Expression } from "./expression.js";

// What a Brownian motion does over an interval, given the prices at its ends: a bridge from a to b, their logarithms, of total
// variance s². Borodin and Salminen, Handbook of Brownian Motion (2002), §IV.26; exact under Black-Scholes.

const spot = market("spot");
const final = price(0);
const deviation = market("deviation");
const variance = multiply(deviation, deviation);

/** The prices at the ends of an interval, and its variance. */
function endsOf(interval: number) {
  const own = multiply(market("bridge"), market("deviation", interval));
  return {
    from: interval === 0 ? spot : price(interval - 1),
    to: price(interval),
    variance: multiply(own, own),
  };
}

function overAll(intervals: number, probability: (interval: number) => Expression): Expression {
  return Array.from({ length: intervals }, (_, interval) => probability(interval)).reduce((all, own) =>
    multiply(all, own),
  );
}

/** P(the level is not touched | prices at the ends of the intervals): Π 1 − exp(−2(h − a)(h − b)/s²), 0 where an end lies beyond. */
export function untouched(side: "up" | "down", level: number, intervals: number): Expression {
  return overAll(intervals, (interval) => subtract(1, exp(crossing(side, level, interval))));
}

/** ln P(the level is touched | prices at the ends of the interval); what lies beyond the level counts as at it. */
function crossing(side: "up" | "down", level: number, interval: number): Expression {
  const { from, to, variance } = endsOf(interval);
  const distance = (end: Expression) => log(divide(level, side === "up" ? min(end, level) : max(end, level)));
  return divide(multiply(-2, multiply(distance(from), distance(to))), variance);
}

/**
 * Terms of the sum over reflections on either side: over all of a life, and between the dates of a grid, where a price that moves more
 * than these are good for survives nowhere else either.
 */
const REFLECTIONS = { alone: 10, grid: 6 };
/** What is left out of the sum is below exp of minus this. */
const LEFT_OUT = 33;

/**
 * P(both levels are not touched | prices at the ends): with w = ln(u/l), the sum over n of exp(−2nw(nw + b − a)/s²) less
 * exp(−2(b − ln l − nw)(a − ln l − nw)/s²); the product over the intervals. Where s is so large against w that the sum would need more
 * terms, the probability, about exp(−π²s²/2w²), is below its rounding, and 0.
 */
export function inside(low: number, high: number, intervals: number): Expression {
  const terms = intervals === 1 ? REFLECTIONS.alone : REFLECTIONS.grid;
  return overAll(intervals, (interval) => insideInterval(low, high, interval, terms));
}

function insideInterval(low: number, high: number, interval: number, terms: number): Expression {
  const { from, to, variance } = endsOf(interval);
  const width = logarithm(high / low);
  // Beyond the levels the sum means nothing, and might overflow.
  const logWithin = (end: Expression) => log(divide(max(min(end, high), low), low));
  const [start, end] = [interval === 0 ? log(divide(from, low)) : logWithin(from), logWithin(to)];
  let sum: Value = 0;
  for (let n = -terms; n <= terms; n++) {
    const straight = multiply(-2 * n * width, add(subtract(end, start), n * width));
    const mirrored = multiply(-2, multiply(subtract(end, n * width), subtract(start, n * width)));
    const term = subtract(exp(divide(straight, variance)), exp(divide(mirrored, variance)));
    sum = add(sum, term);
  }
  const alive = multiply(
    multiply(greater(from, low), less(from, high)),
    multiply(greater(to, low), less(to, high)),
  );
  const widest = (2 * terms * (terms + 1) * width * width) / LEFT_OUT;
  return multiply(multiply(alive, less(variance, widest)), sum);
}

/** E[max(M, floor) | prices at the ends of the intervals], M the highest price. */
export function expectedHighest(floor: number, intervals: number): Expression {
  if (intervals > 1) return expectedExtreme("up", floor, intervals);
  const least = max(max(spot, final), floor);
  return add(least, multiply(bell(), normalCdf(multiply(-1, distance(least)))));
}

/** E[min(m, ceiling) | prices at the ends of the intervals], m the lowest price. */
export function expectedLowest(ceiling: number, intervals: number): Expression {
  if (intervals > 1) return expectedExtreme("down", ceiling, intervals);
  const most = min(spot, final);
  const least = Number.isFinite(ceiling) ? min(most, ceiling) : most;
  return subtract(least, multiply(bell(), normalCdf(distance(least))));
}

/** A bridge goes so many times its deviation beyond its ends about once in a million times. */
const REACH = 2.6;

/**
 * Of several intervals: with G the farthest of the prices at their ends and the bound, and d_k how far ln S_k is from ln G,
 *
 *     G ± G ∫₀^∞ (1 − Π_k (1 − exp(−2 (y + d_{k−1}) (y + d_k)/s_k²))) e^{±y} dy,
 *
 * by Gauss's rule in √y up to the reach of the widest bridge. Of its deviation the rule is off by 1e-5, and by less than 1e-3 where the
 * farthest price ends an interval that is a sixth as wide.
 */
function expectedExtreme(side: "up" | "down", bound: number, intervals: number): Expression {
  const ends = Array.from({ length: intervals }, (_, interval) => endsOf(interval));
  const prices: readonly Expression[] = [spot, ...ends.map(({ to }) => to)];
  const farther = side === "up" ? max : min;
  const seen = prices.reduce((a, b) => farther(a, b));
  const extreme = Number.isFinite(bound) ? farther(seen, bound) : seen;
  const distances = prices.map((each) => log(side === "up" ? divide(extreme, each) : divide(each, extreme)));
  const reach = multiply(
    REACH,
    sqrt(ends.map(({ variance }): Expression => variance).reduce((a, b) => max(a, b))),
  );
  const rates = ends.map(({ variance }) => divide(-2, variance));
  const terms = gaussLegendre.map(({ node, weight }): Expression => {
    const y = multiply(reach, node * node);
    const beyond = distances.map((each) => add(each, y));
    const within = rates
      .map((rate, k): Expression => subtract(1, exp(multiply(rate, multiply(beyond[k]!, beyond[k + 1]!)))))
      .reduce((a, b) => multiply(a, b));
    return multiply(multiply(subtract(1, within), exp(side === "up" ? y : negate(y))), 2 * node * weight);
  });
  const overshoot = multiply(
    multiply(extreme, reach),
    terms.reduce((a, b) => add(a, b)),
  );
  return side === "up" ? add(extreme, overshoot) : subtract(extreme, overshoot);
}

/**
 * ∫ e^x exp(−2(x − a)(x − b)/s²) dx over x beyond ln L is bell · Φ(∓distance): a Gaussian of variance s²/4 about (a + b)/2 + s²/4.
 */
function bell(): Expression {
  const half = multiply(0.5, log(divide(final, spot)));
  const exponent = add(divide(multiply(2, multiply(half, half)), variance), multiply(0.125, variance));
  return multiply(
    multiply(sqrt(multiply(spot, final)), exp(exponent)),
    multiply(Math.sqrt(Math.PI / 2), deviation),
  );
}

function distance(level: Expression): Expression {
  const centre = add(log(sqrt(multiply(spot, final))), multiply(0.25, variance));
  return divide(multiply(2, subtract(log(level), centre)), deviation);
}

/** E[e^{−rτ} 1{τ <= T} | prices at the ends of the intervals] e^{rT}, τ the first time at the level. */
export function discountedTouch(side: "up" | "down", level: number, intervals: number): Expression {
  const isAlive = side === "up" ? less(spot, level) : greater(spot, level);
  const later = intervals === 1 ? touchOfOne(side, level) : touchOnGrid(side, level, intervals);
  // Touched already: paid now.
  const now = exp(market("discounting", intervals - 1));
  return add(multiply(isAlive, later), multiply(subtract(1, isAlive), now));
}

/**
 * Over a single interval: under the drift m' = ±√(m² + 2 r T s²) the discounted payment is one at expiry, and changing back weighs it
 * with exp((m' − m)(b − h)/s²).
 */
function touchOfOne(side: "up" | "down", level: number): Expression {
  const drift = market("drift");
  const sign = subtract(multiply(2, greaterEqual(drift, 0)), 1);
  const moved = multiply(
    sign,
    sqrt(add(multiply(drift, drift), multiply(multiply(2, market("discounting")), variance))),
  );
  const weight = exp(divide(multiply(subtract(moved, drift), log(divide(final, level))), variance));
  return multiply(weight, exp(crossing(side, level, 0)));
}

/** Over several, with τ in the middle of its own, which moves the payment by less than half an interval's interest. */
function touchOnGrid(side: "up" | "down", level: number, intervals: number): Expression {
  const expiry = market("discounting", intervals - 1);
  let alive: Value = 1;
  let sum: Expression = constant(0);
  for (let k = 0; k < intervals; k++) {
    const touched = exp(crossing(side, level, k));
    const until = k === 0 ? 0 : market("discounting", k - 1);
    const left = subtract(expiry, multiply(0.5, add(until, market("discounting", k))));
    sum = add(sum, multiply(multiply(alive, touched), exp(left)));
    alive = multiply(alive, subtract(1, touched));
  }
  return sum;
}
