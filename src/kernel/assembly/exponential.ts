import { STRIDE, allSet, bytes, constant, gather, mulAdd, mulSub } from "./pair";

// exp x = 2^(n/64) exp r with n = round(64 x / ln 2): Cody and Waite's reduction, ln 2 in two parts so that n·LN2_HIGH is exact;
// 2^(n/64) from a table of 64 roots, a minimax polynomial of degree 5 for exp r on |r| ≤ ln 2 / 128. Tang, "Table-driven
// implementation of the exponential function in IEEE floating-point arithmetic", ACM TOMS 15 (1989). Within 1.1 ulp.
const TABLE: usize = memory.data<f64>(
  [
    92.33248261689366, // 0: 64 / ln 2
    6755399441055744.0, // 1: 1.5·2^52; added, it rounds to an integer and leaves that integer in the low bits
    0.01083042469326756, // 2: ln 2 / 64, high part
    2.9815858269852933e-12, // 3: ln 2 / 64, low part
    0.49999999999983935, // 4: coefficient of r^2, and so on up to r^5
    0.1666666666666437,
    0.04166670891608746,
    0.008333339368964238,
    650.0, // 8: up to here neither 2^(n/64) nor its product with exp r − 1 is subnormal where that would change a bit
    800.0, // 9: beyond ±800 the result is Infinity or 0
  ],
  16,
);
const STEPS = 0;
const ROUNDER = 1;
const STEP_HIGH = 2;
const STEP_LOW = 3;
const POWER = 2; // index of r^k is POWER + k
const ORDINARY = 8;
const BEYOND = 9;

/** 2^(j/64); their bits less j·2^46, once the loop below has run: with n·2^46 they are those of 2^(n/64), n = 64 e + j. */
const ROOTS: usize = memory.data<f64>(
  [
    1.0, 1.0108892860517005, 1.0218971486541166, 1.0330248790212284, 1.0442737824274138,
    1.0556451783605572, 1.0671404006768237, 1.0787607977571199, 1.0905077326652577, 1.102382583307841,
    1.1143867425958924, 1.1265216186082418, 1.1387886347566916, 1.1511892299529827, 1.1637248587775775,
    1.1763969916502812, 1.189207115002721, 1.202156731452703, 1.215247359980469, 1.22848053610687,
    1.241857812073484, 1.255380757024691, 1.2690509571917332, 1.2828700160787783, 1.2968395546510096,
    1.3109612115247644, 1.3252366431597413, 1.339667524053303, 1.3542555469368927, 1.3690024229745905,
    1.383909881963832, 1.3989796725383112, 1.4142135623730951, 1.42961333839197, 1.4451808069770467,
    1.460917794180647, 1.4768261459394993, 1.4929077282912648, 1.5091644275934228, 1.5255981507445384,
    1.5422108254079407, 1.559004400237837, 1.5759808451078865, 1.593142151342267, 1.6104903319492543,
    1.6280274218573478, 1.645755478153965, 1.6636765803267364, 1.681792830507429, 1.7001063537185235,
    1.718619298122478, 1.7373338352737062, 1.7562521603732995, 1.7753764925265212, 1.7947090750031072,
    1.8142521755003989, 1.8340080864093424, 1.8539791250833855, 1.8741676341103, 1.8945759815869656,
    1.9152065613971474, 1.9360617934922943, 1.9571441241754002, 1.978456026387951,
  ],
  64,
);
const LAST_ROOT = 63;
const SHIFT = 46; // 52 bits of the mantissa less the six of j

for (let j = 1; j <= LAST_ROOT; j++) store<u64>(root(j), load<u64>(root(j)) - (<u64>j << SHIFT));

// @ts-ignore: decorator
@inline
function root(j: i32): usize {
  return ROOTS + (<usize>j << 3);
}

/** n in the low bits. */
// @ts-ignore: decorator
@inline
function roundedQuotient(x: v128): v128 {
  return mulAdd(x, constant(TABLE, STEPS), constant(TABLE, ROUNDER));
}

/** x − n ln 2 / 64. */
// @ts-ignore: decorator
@inline
function remainder(x: v128, n: v128): v128 {
  return mulSub(n, constant(TABLE, STEP_LOW), mulSub(n, constant(TABLE, STEP_HIGH), x));
}

/** 2^(n/64) exp r, with n in the low bits of t. */
// @ts-ignore: decorator
@inline
function scaled(r: v128, t: v128): v128 {
  const w = f64x2.mul(r, r);
  const high = mulAdd(constant(TABLE, POWER + 5), r, constant(TABLE, POWER + 4));
  const low = mulAdd(constant(TABLE, POWER + 3), r, constant(TABLE, POWER + 2));
  const lessOne = mulAdd(mulAdd(high, w, low), w, r);
  const roots = gather(root(i32x4.extract_lane(t, 0) & LAST_ROOT), root(i32x4.extract_lane(t, 2) & LAST_ROOT));
  const power = i64x2.add(roots, i64x2.shl(t, SHIFT));
  return mulAdd(power, lessOne, power);
}

/** Whether `exponential` may be used: |x| ≤ 650. False for NaN. */
// @ts-ignore: decorator
@inline
export function isOrdinaryExponent(x: v128): v128 {
  return f64x2.le(f64x2.abs(x), constant(TABLE, ORDINARY));
}

/** exp x of ordinary exponents. */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  const t = roundedQuotient(x);
  return scaled(remainder(x, f64x2.sub(t, constant(TABLE, ROUNDER))), t);
}

/** exp(x + rest) of ordinary exponents x and a rest below 1e-4, which may be too small to change the bits of x. */
// @ts-ignore: decorator
@inline
export function exponentialOfSum(x: v128, rest: v128): v128 {
  const t = roundedQuotient(x);
  const r = remainder(x, f64x2.sub(t, constant(TABLE, ROUNDER)));
  return scaled(f64x2.add(r, rest), t);
}

/** exp x of any x: Infinity on overflow, subnormal numbers and 0 on underflow, NaN of NaN. */
export function exponentialOfAny(x: v128): v128 {
  // pmin and pmax return their first argument when it is NaN.
  const bounded = f64x2.pmax(f64x2.pmin(x, constant(TABLE, BEYOND)), f64x2.neg(constant(TABLE, BEYOND)));
  const t = roundedQuotient(bounded);
  const n = f64x2.sub(t, constant(TABLE, ROUNDER));
  const y = scaled(remainder(bounded, n), v128.and(t, i64x2.splat(LAST_ROOT)));
  const exponent = f64x2.floor(f64x2.mul(n, f64x2.splat(1.0 / 64)));
  const half = f64x2.nearest(f64x2.mul(exponent, f64x2.splat(0.5)));
  return f64x2.mul(f64x2.mul(y, powerOfTwo(half)), powerOfTwo(f64x2.sub(exponent, half)));
}

// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i64x2.add(f64x2.splat(1), i64x2.shl(f64x2.add(n, constant(TABLE, ROUNDER)), 52));
}

/** out = exp x. Within 1.1 ulp for every x whose exponential is a normal number, else as `exponentialOfAny`. */
export function exp(out: usize, x: usize, n: i32): void {
  for (const end = x + bytes(n); x < end; x += STRIDE, out += STRIDE) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(x, 32);
    const x3 = v128.load(x, 48);
    if (allSet(isOrdinaryExponent(x0), isOrdinaryExponent(x1), isOrdinaryExponent(x2), isOrdinaryExponent(x3))) {
      const y0 = exponential(x0);
      const y1 = exponential(x1);
      const y2 = exponential(x2);
      const y3 = exponential(x3);
      v128.store(out, y0);
      v128.store(out, y1, 16);
      v128.store(out, y2, 32);
      v128.store(out, y3, 48);
    } else {
      v128.store(out, exponentialOfAny(x0));
      v128.store(out, exponentialOfAny(x1), 16);
      v128.store(out, exponentialOfAny(x2), 32);
      v128.store(out, exponentialOfAny(x3), 48);
    }
  }
}
