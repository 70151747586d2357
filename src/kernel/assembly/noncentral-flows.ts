import { digamma } from "./implicit-tangents";
import { isFar, smoothAverage } from "./noncentral-flow";
import { firsts, seconds } from "./pair";

// ∂x/∂d of noncentral chi-squared variates x of d degrees at fixed probability, of many paths: E g of noncentral-flow.ts, from the
// largest weight up and down. Four paths go together, as two pairs whose chains overlap: a path that is done takes no part in what
// the others still add, so that it has the same bits beside whichever.

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

/** Paths that are summed term by term, as offsets into the columns, and four of them together: y, G, ln G, and what comes of it. */
const MOST_PATHS = 1024;
const LISTED: usize = memory.data(MOST_PATHS * 4, 16);
const FOUR: usize = memory.data(4 * 4 * 8, 16);

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
  for (let i = 0; i < listed; i += 4) {
    // The last four may be fewer.
    for (let lane = 0; lane < 4; lane++) {
      const at = pathAt(min(i + lane, listed - 1));
      const own = FOUR + (<usize>lane << 3);
      store<f64>(own, load<f64>(y + at));
      store<f64>(own, load<f64>(gammas + at), 32);
      store<f64>(own, load<f64>(logGammas + at), 64);
    }
    averages(FOUR + 96, degrees, FOUR, FOUR + 32, FOUR + 64);
    for (let lane = min(4, listed - i) - 1; lane >= 0; lane--)
      store<f64>(out + pathAt(i + lane), load<f64>(FOUR + 96 + (<usize>lane << 3)));
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

/** E g of four paths, term by term. */
function averages(out: usize, degrees: f64, y: usize, gammas: usize, logGammas: usize): void {
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  const all = f64x2.eq(one, one);
  const least = f64x2.splat(LEAST);
  const order = f64x2.splat(0.5 * degrees - 1);
  const half = f64x2.splat(0.5 * degrees);
  const y0 = v128.load(y);
  const y1 = v128.load(y, 16);
  const gamma0 = v128.load(gammas);
  const gamma1 = v128.load(gammas, 16);
  const logGamma0 = v128.load(logGammas);
  const logGamma1 = v128.load(logGammas, 16);
  const peak0 = peak(order, y0);
  const peak1 = peak(order, y1);
  const peakA = recordOf(f64x2.extract_lane(peak0, 0));
  const peakB = recordOf(f64x2.extract_lane(peak0, 1));
  const peakC = recordOf(f64x2.extract_lane(peak1, 0));
  const peakD = recordOf(f64x2.extract_lane(peak1, 1));

  // g at the peak: G Σ t_k (ψ(α + k + 1) − ln G), t_k = G^k / (α)_{k+1}.
  const tiny = f64x2.splat(LEAST);
  let a = peakA;
  let b = peakB;
  let c = peakC;
  let d = peakD;
  let term0 = seconds(v128.load(a), v128.load(b));
  let term1 = seconds(v128.load(c), v128.load(d));
  let shape0 = f64x2.add(half, peak0);
  let shape1 = f64x2.add(half, peak1);
  let series0 = zero;
  let series1 = zero;
  let going0 = all;
  let going1 = all;
  while (true) {
    a += RECORD;
    b += RECORD;
    c += RECORD;
    d += RECORD;
    const ofA = v128.load(a);
    const ofB = v128.load(b);
    const ofC = v128.load(c);
    const ofD = v128.load(d);
    const bracket0 = f64x2.sub(firsts(ofA, ofB), logGamma0);
    const bracket1 = f64x2.sub(firsts(ofC, ofD), logGamma1);
    const added0 = v128.and(going0, f64x2.mul(term0, bracket0));
    const added1 = v128.and(going1, f64x2.mul(term1, bracket1));
    series0 = f64x2.add(series0, added0);
    series1 = f64x2.add(series1, added1);
    shape0 = f64x2.add(shape0, one);
    shape1 = f64x2.add(shape1, one);
    const small0 = f64x2.lt(f64x2.abs(added0), f64x2.mul(tiny, f64x2.abs(series0)));
    const small1 = f64x2.lt(f64x2.abs(added1), f64x2.mul(tiny, f64x2.abs(series1)));
    going0 = v128.andnot(going0, v128.and(small0, f64x2.lt(gamma0, shape0)));
    going1 = v128.andnot(going1, v128.and(small1, f64x2.lt(gamma1, shape1)));
    if (!v128.any_true(v128.or(going0, going1))) break;
    term0 = f64x2.mul(term0, f64x2.mul(gamma0, seconds(ofA, ofB)));
    term1 = f64x2.mul(term1, f64x2.mul(gamma1, seconds(ofC, ofD)));
  }
  const flowAtPeak0 = f64x2.mul(gamma0, series0);
  const flowAtPeak1 = f64x2.mul(gamma1, series1);

  // Upwards: g_{n+1} = g_n α/G − (ψ(α + 1) − ln G).
  const quarter0 = f64x2.mul(f64x2.splat(0.25), y0);
  const quarter1 = f64x2.mul(f64x2.splat(0.25), y1);
  const inverseGamma0 = f64x2.div(one, gamma0);
  const inverseGamma1 = f64x2.div(one, gamma1);
  shape0 = f64x2.add(half, peak0);
  shape1 = f64x2.add(half, peak1);
  let flow0 = flowAtPeak0;
  let flow1 = flowAtPeak1;
  let weight0 = one;
  let weight1 = one;
  let sum0 = zero;
  let sum1 = zero;
  let sumFlow0 = zero;
  let sumFlow1 = zero;
  going0 = all;
  going1 = all;
  a = peakA;
  b = peakB;
  c = peakC;
  d = peakD;
  while (true) {
    sum0 = f64x2.add(sum0, v128.and(going0, weight0));
    sum1 = f64x2.add(sum1, v128.and(going1, weight1));
    sumFlow0 = f64x2.add(sumFlow0, v128.and(going0, f64x2.mul(weight0, flow0)));
    sumFlow1 = f64x2.add(sumFlow1, v128.and(going1, f64x2.mul(weight1, flow1)));
    weight0 = f64x2.mul(weight0, f64x2.mul(quarter0, pair(a + GROWTH, b + GROWTH)));
    weight1 = f64x2.mul(weight1, f64x2.mul(quarter1, pair(c + GROWTH, d + GROWTH)));
    going0 = v128.and(going0, f64x2.gt(weight0, least));
    going1 = v128.and(going1, f64x2.gt(weight1, least));
    if (!v128.any_true(v128.or(going0, going1))) break;
    a += RECORD;
    b += RECORD;
    c += RECORD;
    d += RECORD;
    const bracket0 = f64x2.sub(pair(a, b), logGamma0);
    const bracket1 = f64x2.sub(pair(c, d), logGamma1);
    flow0 = f64x2.sub(f64x2.mul(f64x2.mul(flow0, shape0), inverseGamma0), bracket0);
    flow1 = f64x2.sub(f64x2.mul(f64x2.mul(flow1, shape1), inverseGamma1), bracket1);
    shape0 = f64x2.add(shape0, one);
    shape1 = f64x2.add(shape1, one);
  }

  // Downwards: g_{n−1} = (g_n + ψ(α) − ln G) G/(α − 1).
  const inverseQuarter0 = f64x2.div(one, quarter0);
  const inverseQuarter1 = f64x2.div(one, quarter1);
  let n0 = peak0;
  let n1 = peak1;
  flow0 = flowAtPeak0;
  flow1 = flowAtPeak1;
  weight0 = one;
  weight1 = one;
  going0 = all;
  going1 = all;
  a = peakA;
  b = peakB;
  c = peakC;
  d = peakD;
  while (true) {
    going0 = v128.and(going0, f64x2.gt(n0, zero));
    going1 = v128.and(going1, f64x2.gt(n1, zero));
    weight0 = f64x2.mul(weight0, f64x2.mul(f64x2.mul(n0, f64x2.add(n0, order)), inverseQuarter0));
    weight1 = f64x2.mul(weight1, f64x2.mul(f64x2.mul(n1, f64x2.add(n1, order)), inverseQuarter1));
    going0 = v128.and(going0, f64x2.gt(weight0, least));
    going1 = v128.and(going1, f64x2.gt(weight1, least));
    if (!v128.any_true(v128.or(going0, going1))) break;
    const bracket0 = f64x2.sub(pair(a, b), logGamma0);
    const bracket1 = f64x2.sub(pair(c, d), logGamma1);
    a -= RECORD;
    b -= RECORD;
    c -= RECORD;
    d -= RECORD;
    const inverse0 = pair(a + 8, b + 8);
    const inverse1 = pair(c + 8, d + 8);
    flow0 = f64x2.mul(f64x2.add(flow0, bracket0), f64x2.mul(gamma0, inverse0));
    flow1 = f64x2.mul(f64x2.add(flow1, bracket1), f64x2.mul(gamma1, inverse1));
    sum0 = f64x2.add(sum0, v128.and(going0, weight0));
    sum1 = f64x2.add(sum1, v128.and(going1, weight1));
    sumFlow0 = f64x2.add(sumFlow0, v128.and(going0, f64x2.mul(weight0, flow0)));
    sumFlow1 = f64x2.add(sumFlow1, v128.and(going1, f64x2.mul(weight1, flow1)));
    n0 = f64x2.sub(n0, one);
    n1 = f64x2.sub(n1, one);
  }
  v128.store(out, f64x2.div(sumFlow0, sum0));
  v128.store(out, f64x2.div(sumFlow1, sum1), 16);
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

// @ts-ignore: decorator
@inline
function pair(first: usize, second: usize): v128 {
  return v128.load64_lane(second, v128.load64_zero(first), 1);
}
