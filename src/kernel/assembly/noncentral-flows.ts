import { digamma } from "./implicit-tangents";
import { isFar, smoothAverage } from "./noncentral-flow";
import { firsts, gather, scatter, seconds } from "./pair";

// ∂x/∂d of noncentral chi-squared variates x of d degrees at fixed probability, of many paths: E g of noncentral-flow.ts, from the
// largest weight up and down. Two paths go together: one that is done takes no part in what the other still adds, so that it has the
// same bits beside whichever.

/** Terms below this share of a sum are left out: far below what any Greek will be told to. */
const LEAST: f64 = 1e-13;
/** Terms that a sum may have, and room below the first for paths that wait for others. */
const TERMS = 1024;
const ROOM = 256;
/** A record for each n = 0, 1, …, with α = d/2 + n: ψ(α), 1/α, 1/((n + 1) α), and one number that fills it up. */
const RECORD = 32;
const GROWTH = 16;
const TABLE: usize = memory.data((ROOM + TERMS) * RECORD, 16) + ROOM * RECORD;
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
    store<f64>(record, 1 / shape, 8);
    store<f64>(record, 1 / ((n + 1) * shape), GROWTH);
  }
}

/** E g of two paths, term by term. */
function averages(degrees: f64, y: v128, gamma: v128, logGamma: v128): v128 {
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  const all = f64x2.eq(one, one);
  const least = f64x2.splat(LEAST);
  const order = f64x2.splat(0.5 * degrees - 1);
  const half = f64x2.splat(0.5 * degrees);
  const first = peak(order, y);
  const peakA = recordOf(f64x2.extract_lane(first, 0));
  const peakB = recordOf(f64x2.extract_lane(first, 1));

  // g at the peak: G Σ t_k (ψ(α + k + 1) − ln G), t_k = G^k / (α)_{k+1}.
  const tiny = f64x2.splat(LEAST);
  let a = peakA;
  let b = peakB;
  let term = seconds(v128.load(a), v128.load(b));
  let shape = f64x2.add(half, first);
  // Who goes on is told by the sum of all terms: told by the masked one, each iteration would wait for the one before it.
  let every = zero;
  let series = zero;
  let going = all;
  while (true) {
    a += RECORD;
    b += RECORD;
    const ofA = v128.load(a);
    const ofB = v128.load(b);
    const bracket = f64x2.sub(firsts(ofA, ofB), logGamma);
    const added = f64x2.mul(term, bracket);
    every = f64x2.add(every, added);
    series = f64x2.add(series, v128.and(going, added));
    shape = f64x2.add(shape, one);
    const small = f64x2.lt(f64x2.abs(added), f64x2.mul(tiny, f64x2.abs(every)));
    going = v128.andnot(going, v128.and(small, f64x2.lt(gamma, shape)));
    if (!v128.any_true(going)) break;
    term = f64x2.mul(term, f64x2.mul(gamma, seconds(ofA, ofB)));
  }
  const flowAtPeak = f64x2.mul(gamma, series);

  // Upwards: g_{n+1} = g_n α/G − (ψ(α + 1) − ln G).
  const quarter = f64x2.mul(f64x2.splat(0.25), y);
  const inverseGamma = f64x2.div(one, gamma);
  shape = f64x2.add(half, first);
  let flow = flowAtPeak;
  let weight = one;
  let sum = zero;
  let sumFlow = zero;
  going = all;
  a = peakA;
  b = peakB;
  while (true) {
    sum = f64x2.add(sum, v128.and(going, weight));
    sumFlow = f64x2.add(sumFlow, v128.and(going, f64x2.mul(weight, flow)));
    weight = f64x2.mul(weight, f64x2.mul(quarter, gather(a + GROWTH, b + GROWTH)));
    going = v128.and(going, f64x2.gt(weight, least));
    if (!v128.any_true(going)) break;
    a += RECORD;
    b += RECORD;
    const bracket = f64x2.sub(gather(a, b), logGamma);
    flow = f64x2.sub(f64x2.mul(f64x2.mul(flow, shape), inverseGamma), bracket);
    shape = f64x2.add(shape, one);
  }

  // Downwards: g_{n−1} = (g_n + ψ(α) − ln G) G/(α − 1).
  const inverseQuarter = f64x2.div(one, quarter);
  let n = first;
  flow = flowAtPeak;
  weight = one;
  going = all;
  a = peakA;
  b = peakB;
  while (true) {
    going = v128.and(going, f64x2.gt(n, zero));
    weight = f64x2.mul(weight, f64x2.mul(f64x2.mul(n, f64x2.add(n, order)), inverseQuarter));
    going = v128.and(going, f64x2.gt(weight, least));
    if (!v128.any_true(going)) break;
    const bracket = f64x2.sub(gather(a, b), logGamma);
    a -= RECORD;
    b -= RECORD;
    const inverse = gather(a + 8, b + 8);
    flow = f64x2.mul(f64x2.add(flow, bracket), f64x2.mul(gamma, inverse));
    sum = f64x2.add(sum, v128.and(going, weight));
    sumFlow = f64x2.add(sumFlow, v128.and(going, f64x2.mul(weight, flow)));
    n = f64x2.sub(n, one);
  }
  return f64x2.div(sumFlow, sum);
}

/** The n of the largest weight. */
function peak(order: v128, y: v128): v128 {
  const root = f64x2.sqrt(f64x2.add(f64x2.mul(order, order), y));
  return f64x2.pmax(f64x2.splat(0), f64x2.floor(f64x2.mul(f64x2.splat(0.5), f64x2.sub(root, order))));
}

// @ts-ignore: decorator
@inline
function recordOf(n: f64): usize {
  return TABLE + <usize>n * RECORD;
}
