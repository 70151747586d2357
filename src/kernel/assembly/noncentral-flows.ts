import { digamma } from "./implicit-tangents";
import { isFar, smoothAverage } from "./noncentral-flow";
import { choose, firsts, gather, mulAdd, scatter, seconds } from "./pair";

// ∂x/∂d of noncentral chi-squared variates x of d degrees at fixed probability, of many paths: E g of noncentral-flow.ts, by its
// recurrence from large n down, where errors die out. Two paths go together; each begins at an n of its own, so that it has the same
// bits beside whichever.

/** A record for each n = 0, 1, …, with α = d/2 + n: ψ(α), 1/((n + 1) α), 1/(α − 1), and one number that fills it up. */
const RECORD = 32;
const INVERSE_BELOW = 16;
/** More than the first n of any path and those that it waits for. */
const TERMS = 1024;
const TABLE: usize = memory.data(TERMS * RECORD, 16);
let knownDegrees: f64 = 0;

/** Paths that are summed term by term, as offsets into the columns. */
const MOST_PATHS = 1024;
const LISTED: usize = memory.data(MOST_PATHS * 4, 16);

/** Writes the flows of n <= 1024 paths; those whose gamma is 0 have none. */
export function noncentralFlows(
  out: usize,
  n: i32,
  degrees: f64,
  y: usize,
  w: usize,
  q: usize,
  gammas: usize,
  logGammas: usize,
): void {
  if (degrees != knownDegrees) openTables(degrees);
  let listed = 0;
  for (let i = 0; i < n; i++) {
    const at = (<usize>i) << 3;
    const gamma = load<f64>(gammas + at);
    if (gamma == 0) store<f64>(out + at, 0);
    else if (isFar(degrees, load<f64>(y + at), gamma))
      store<f64>(out + at, smoothAverage(degrees, load<f64>(w + at), load<f64>(q + at), gamma));
    else {
      store<u32>(LISTED + (<usize>listed << 2), <u32>at);
      listed++;
    }
  }
  for (let i = 0; i < listed; i += 2) {
    // The last one may be alone, and stands beside itself.
    const first = pathAt(i);
    const second = pathAt(min(i + 1, listed - 1));
    const flows = averages(
      degrees,
      gather(y + first, y + second),
      gather(gammas + first, gammas + second),
      gather(logGammas + first, logGammas + second),
    );
    scatter(out + first, out + second, flows);
  }
}

// @ts-ignore: decorator
@inline
function pathAt(i: i32): usize {
  return load<u32>(LISTED + (<usize>i << 2));
}

function openTables(degrees: f64): void {
  knownDegrees = degrees;
  for (let n = 0; n < TERMS; n++) {
    const record = TABLE + <usize>n * RECORD;
    const shape = 0.5 * degrees + n;
    store<f64>(record, digamma(shape));
    store<f64>(record, 1 / ((n + 1) * shape), 8);
    store<f64>(record, 1 / (shape - 1), INVERSE_BELOW);
  }
}

/**
 * E g of two paths. With r_n = p_{n+1} / p_n = y / (4 (n + 1) α), S_n = 1 + r_n S_{n+1} and T_n = g_n + r_n T_{n+1}, it is T/S at the
 * last n, and nothing overflows.
 */
function averages(degrees: f64, y: v128, gamma: v128, logGamma: v128): v128 {
  const one = f64x2.splat(1);
  const half = f64x2.splat(0.5 * degrees);
  const quarter = f64x2.mul(f64x2.splat(0.25), y);
  const middle = peak(f64x2.sub(half, one), y);
  const last = lastOf(middle);
  const first = firstOf(middle, gamma, half);

  const terms = f64x2.sub(first, last);
  const termsA = f64x2.extract_lane(terms, 0);
  const termsB = f64x2.extract_lane(terms, 1);
  const most = max(termsA, termsB);
  const allBegun = min(termsA, termsB);
  let a = recordOf(f64x2.extract_lane(last, 0) + most);
  let b = recordOf(f64x2.extract_lane(last, 1) + most);

  let flow = leadingFlow(first, half, gamma, logGamma);
  let sum = f64x2.splat(0);
  let sumFlow = sum;
  for (let k = most; ; k -= 1) {
    const ofA = v128.load(a);
    const ofB = v128.load(b);
    const ratio = f64x2.mul(quarter, seconds(ofA, ofB));
    sum = mulAdd(sum, ratio, one);
    sumFlow = mulAdd(sumFlow, ratio, flow);
    if (k == 0) break;
    // g_{n−1} = (g_n + ψ(α) − ln G) G/(α − 1).
    const bracket = f64x2.sub(firsts(ofA, ofB), logGamma);
    const inverse = gather(a + INVERSE_BELOW, b + INVERSE_BELOW);
    const below = f64x2.mul(f64x2.add(flow, bracket), f64x2.mul(gamma, inverse));
    if (k > allBegun) {
      const begun = f64x2.le(f64x2.splat(k), terms);
      sum = v128.and(sum, begun);
      sumFlow = v128.and(sumFlow, begun);
      flow = choose(begun, below, flow);
    } else flow = below;
    a -= RECORD;
    b -= RECORD;
  }
  return f64x2.div(sumFlow, sum);
}

/** The n of the largest weight. */
function peak(order: v128, y: v128): v128 {
  const root = f64x2.sqrt(f64x2.add(f64x2.mul(order, order), y));
  return f64x2.pmax(f64x2.splat(0), f64x2.floor(f64x2.mul(f64x2.splat(0.5), f64x2.sub(root, order))));
}

/** Below it, the weights are less than 1e-12 of the largest. */
// @ts-ignore: decorator
@inline
function lastOf(middle: v128): v128 {
  const reach = mulAdd(f64x2.splat(6), f64x2.sqrt(middle), f64x2.splat(3));
  return f64x2.pmax(f64x2.splat(0), f64x2.floor(f64x2.sub(middle, reach)));
}

/** From it on, what is wrong with g has died out where the weights are: nine digits, of tails of five standard deviations too. */
// @ts-ignore: decorator
@inline
function firstOf(middle: v128, gamma: v128, half: v128): v128 {
  const reach = mulAdd(f64x2.splat(7), f64x2.sqrt(f64x2.pmax(gamma, middle)), f64x2.splat(8));
  return f64x2.ceil(f64x2.add(f64x2.pmax(f64x2.sub(gamma, half), middle), reach));
}

/** g of an α well above G, nearly: of its series the first term, and the others as if they were geometric. */
// @ts-ignore: decorator
@inline
function leadingFlow(first: v128, half: v128, gamma: v128, logGamma: v128): v128 {
  const one = f64x2.splat(1);
  const next = f64x2.add(f64x2.add(half, first), one);
  const a = recordOf(f64x2.extract_lane(first, 0)) + RECORD;
  const b = recordOf(f64x2.extract_lane(first, 1)) + RECORD;
  const term = f64x2.mul(gamma, gather(a + INVERSE_BELOW, b + INVERSE_BELOW));
  const series = f64x2.div(next, f64x2.sub(next, gamma));
  return f64x2.mul(f64x2.mul(term, series), f64x2.sub(gather(a, b), logGamma));
}

// @ts-ignore: decorator
@inline
function recordOf(n: f64): usize {
  return TABLE + <usize>n * RECORD;
}
