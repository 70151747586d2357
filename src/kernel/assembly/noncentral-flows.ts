import { digamma } from "./implicit-tangents";
import { isFar, smoothAverage } from "./noncentral-flow";
import { bytes, choose, gather, mulAdd, scatter } from "./pair";

// ∂x/∂d of noncentral chi-squared variates x of d degrees at fixed probability, of many paths: E g of noncentral-flow.ts, by its
// recurrence from large n down, where errors die out. Four paths go together, in the order of the n where they begin, so that what
// depends on n is looked up once for all; each begins at its own n, and has the same bits beside whichever.

/** A record for each n = 0, 1, …, with α = d/2 + n: ψ(α), 1/((n + 1) α), 1/(α − 1), and one number that fills it up. */
const RECORD: usize = 32;
const INVERSE_NEXT: usize = 8;
const INVERSE_BELOW: usize = 16;
/** More than the first n of any path. */
const TERMS = 1024;
const TABLE: usize = memory.data(TERMS * 32, 16);
let knownDegrees: f64 = 0;

const MOST_PATHS = 1024;
/** Where each path begins. */
const FIRSTS: usize = memory.data(MOST_PATHS * 8, 16);
/** For each n the last path that begins there, and for each path the one before: numbers of paths, from 1 on; 0 is none. */
const LAST: usize = memory.data(TERMS * 4, 16);
const BEFORE: usize = memory.data(MOST_PATHS * 4, 16);
/** Where the four of a group are in the columns. */
const GROUP: usize = memory.data(16, 16);

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
  findFirsts(n, degrees, y, gammas);
  let most = 0;
  for (let i = 0; i < n; i++) {
    const at = bytes(i);
    const gamma = load<f64>(gammas + at);
    if (gamma == 0) store<f64>(out + at, 0);
    else if (isFar(degrees, load<f64>(y + at), gamma))
      store<f64>(out + at, smoothAverage(degrees, load<f64>(w + at), load<f64>(q + at), gamma));
    else {
      const first = <i32>load<f64>(FIRSTS + at);
      store<i32>(word(BEFORE, i), load<i32>(word(LAST, first)));
      store<i32>(word(LAST, first), i + 1);
      most = max(most, first);
    }
  }
  let members = 0;
  for (let first = most; first >= 0; first--) {
    let path = load<i32>(word(LAST, first));
    store<i32>(word(LAST, first), 0);
    for (; path != 0; path = load<i32>(word(BEFORE, path - 1))) {
      store<i32>(word(GROUP, members), (path - 1) << 3);
      members++;
      if (members < 4) continue;
      averages(out, degrees, y, gammas, logGammas);
      members = 0;
    }
  }
  if (members == 0) return;
  // The last stands for those that lack.
  for (let i = members; i < 4; i++) store<i32>(word(GROUP, i), load<i32>(word(GROUP, members - 1)));
  averages(out, degrees, y, gammas, logGammas);
}

// @ts-ignore: decorator
@inline
function word(list: usize, i: i32): usize {
  return list + (<usize>i << 2);
}

function openTables(degrees: f64): void {
  knownDegrees = degrees;
  for (let n = 0; n < TERMS; n++) {
    const record = TABLE + <usize>n * RECORD;
    const shape = 0.5 * degrees + n;
    store<f64>(record, digamma(shape));
    store<f64>(record, 1 / ((n + 1) * shape), INVERSE_NEXT);
    store<f64>(record, 1 / (shape - 1), INVERSE_BELOW);
  }
}

/** From an n on, what is wrong with g has died out where the weights are: nine digits, of tails of five standard deviations too. */
function findFirsts(n: i32, degrees: f64, y: usize, gammas: usize): void {
  const half = f64x2.splat(0.5 * degrees);
  const order = f64x2.splat(0.5 * degrees - 1);
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const gamma = v128.load(gammas + at);
    const middle = peak(order, v128.load(y + at));
    const reach = mulAdd(f64x2.splat(7), f64x2.sqrt(f64x2.pmax(gamma, middle)), f64x2.splat(8));
    v128.store(FIRSTS + at, f64x2.ceil(f64x2.add(f64x2.pmax(f64x2.sub(gamma, half), middle), reach)));
  }
}

/** The n of the largest weight. */
// @ts-ignore: decorator
@inline
function peak(order: v128, y: v128): v128 {
  const root = f64x2.sqrt(f64x2.add(f64x2.mul(order, order), y));
  return f64x2.pmax(f64x2.splat(0), f64x2.floor(f64x2.mul(f64x2.splat(0.5), f64x2.sub(root, order))));
}

/**
 * E g of the group. With r_n = p_{n+1} / p_n = y / (4 (n + 1) α), S_n = 1 + r_n S_{n+1} and T_n = g_n + r_n T_{n+1}, it is T/S at
 * n = 0, and nothing overflows.
 */
function averages(out: usize, degrees: f64, y: usize, gammas: usize, logGammas: usize): void {
  const a = <usize>load<u32>(GROUP);
  const b = <usize>load<u32>(GROUP, 4);
  const c = <usize>load<u32>(GROUP, 8);
  const d = <usize>load<u32>(GROUP, 12);
  const one = f64x2.splat(1);
  const quarter = f64x2.splat(0.25);
  const y0 = f64x2.mul(quarter, gather(y + a, y + b));
  const y1 = f64x2.mul(quarter, gather(y + c, y + d));
  const gamma0 = gather(gammas + a, gammas + b);
  const gamma1 = gather(gammas + c, gammas + d);
  const log0 = gather(logGammas + a, logGammas + b);
  const log1 = gather(logGammas + c, logGammas + d);
  const first0 = gather(FIRSTS + a, FIRSTS + b);
  const first1 = gather(FIRSTS + c, FIRSTS + d);
  let flow0 = leadingFlow(first0, degrees, gamma0, log0);
  let flow1 = leadingFlow(first1, degrees, gamma1, log1);
  let sum0 = f64x2.splat(0);
  let sum1 = sum0;
  let sumFlow0 = sum0;
  let sumFlow1 = sum0;

  let record = recordOf(f64x2.extract_lane(first0, 0));
  let n = f64x2.splat(f64x2.extract_lane(first0, 0));
  for (const allBegun = recordOf(f64x2.extract_lane(first1, 1)); record > allBegun; record -= RECORD) {
    const begun0 = f64x2.le(n, first0);
    const begun1 = f64x2.le(n, first1);
    const ratio0 = f64x2.mul(y0, v128.load64_splat(record, INVERSE_NEXT));
    const ratio1 = f64x2.mul(y1, v128.load64_splat(record, INVERSE_NEXT));
    sum0 = v128.and(mulAdd(sum0, ratio0, one), begun0);
    sum1 = v128.and(mulAdd(sum1, ratio1, one), begun1);
    sumFlow0 = v128.and(mulAdd(sumFlow0, ratio0, flow0), begun0);
    sumFlow1 = v128.and(mulAdd(sumFlow1, ratio1, flow1), begun1);
    flow0 = choose(begun0, flowBelow(record, flow0, gamma0, log0), flow0);
    flow1 = choose(begun1, flowBelow(record, flow1, gamma1, log1), flow1);
    n = f64x2.sub(n, one);
  }
  // Up to n = 1: n = 0 has no g below it, and with a g that nothing uses the loop takes twice as long.
  for (; record > TABLE; record -= RECORD) {
    const ratio0 = f64x2.mul(y0, v128.load64_splat(record, INVERSE_NEXT));
    const ratio1 = f64x2.mul(y1, v128.load64_splat(record, INVERSE_NEXT));
    sum0 = mulAdd(sum0, ratio0, one);
    sum1 = mulAdd(sum1, ratio1, one);
    sumFlow0 = mulAdd(sumFlow0, ratio0, flow0);
    sumFlow1 = mulAdd(sumFlow1, ratio1, flow1);
    flow0 = flowBelow(record, flow0, gamma0, log0);
    flow1 = flowBelow(record, flow1, gamma1, log1);
  }
  const ratio0 = f64x2.mul(y0, v128.load64_splat(record, INVERSE_NEXT));
  const ratio1 = f64x2.mul(y1, v128.load64_splat(record, INVERSE_NEXT));
  sum0 = mulAdd(sum0, ratio0, one);
  sum1 = mulAdd(sum1, ratio1, one);
  sumFlow0 = mulAdd(sumFlow0, ratio0, flow0);
  sumFlow1 = mulAdd(sumFlow1, ratio1, flow1);
  scatter(out + a, out + b, f64x2.div(sumFlow0, sum0));
  scatter(out + c, out + d, f64x2.div(sumFlow1, sum1));
}

/** g_{n−1} = (g_n + ψ(α) − ln G) G/(α − 1). */
// @ts-ignore: decorator
@inline
function flowBelow(record: usize, flow: v128, gamma: v128, logGamma: v128): v128 {
  const bracket = f64x2.sub(v128.load64_splat(record), logGamma);
  return f64x2.mul(f64x2.add(flow, bracket), f64x2.mul(gamma, v128.load64_splat(record, INVERSE_BELOW)));
}

/** g of an α well above G, nearly: of its series the first term, and the others as if they were geometric. */
// @ts-ignore: decorator
@inline
function leadingFlow(first: v128, degrees: f64, gamma: v128, logGamma: v128): v128 {
  const next = f64x2.add(first, f64x2.splat(0.5 * degrees + 1));
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
