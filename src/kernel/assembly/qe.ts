import { columnAt, constant } from "./step-tables";
import { inverseNormalScalar } from "./inverse-normal";
import { nextUniform, openStream } from "./latent-stream";

// One step of Andersen's quadratic-exponential scheme, martingale-corrected: J. Computational Finance 11 (2008), §3.2, §4.2.
// Constants of the step, each followed by its directional derivatives:

/** Mean M0 + M1·v and variance S0 + S1·v of v'. */
const M0 = 0;
const M1 = 1;
const S0 = 2;
const S1 = 3;
/** m = DRIFT + K0 + K1·v + K2·v' without the correction, s² = K3·(v + v'); A = K2 + K3/2. */
const DRIFT = 4;
const K0 = 5;
const K1 = 6;
const K2 = 7;
const K3 = 8;

/** Above this s²/m² the law of v' is an atom at 0 and an exponential, below it a squared normal. */
const SWITCH: f64 = 1.5;

/** Advances n paths by one step and adds to m and s²; arguments as of hestonStep. */
export function qeStep(
  n: i32,
  constants: usize,
  columns: usize,
  directions: i32,
  key0: u32,
  key1: u32,
  firstPath: u32,
  step: u32,
  batch: u32,
): void {
  const m0 = constant(constants, directions, M0, 0);
  const m1 = constant(constants, directions, M1, 0);
  const s0 = constant(constants, directions, S0, 0);
  const s1 = constant(constants, directions, S1, 0);
  const drift = constant(constants, directions, DRIFT, 0);
  const k0 = constant(constants, directions, K0, 0);
  const k1 = constant(constants, directions, K1, 0);
  const k2 = constant(constants, directions, K2, 0);
  const k3 = constant(constants, directions, K3, 0);
  const a = k2 + 0.5 * k3;

  for (let i = 0; i < n; i++) {
    const at = (<usize>i) << 3;
    const vAddress = columnAt(columns, 0, at);
    const meanAddress = columnAt(columns, 1, at);
    const squareAddress = columnAt(columns, 2, at);
    const v = load<f64>(vAddress);
    openStream(key0, key1, firstPath + i, step, batch);
    const u = nextUniform();

    const mean = m0 + m1 * v;
    const square = s0 + s1 * v;
    const psi = square / (mean * mean);
    const isQuadratic = psi <= SWITCH;
    // Quadratic: v' = scale (b + z)². Exponential: 0 with probability p, else exponential of rate `scale`.
    let next: f64 = 0;
    let scale: f64 = 0;
    let b: f64 = 0;
    let bSquare: f64 = 0;
    let z: f64 = 0;
    let p: f64 = 0;
    const inverse = 2 / psi;
    if (isQuadratic) {
      bSquare = inverse - 1 + Math.sqrt(inverse * (inverse - 1));
      b = Math.sqrt(bSquare);
      scale = mean / (1 + bSquare);
      z = inverseNormalScalar(u);
      next = scale * (b + z) * (b + z);
    } else {
      p = (psi - 1) / (psi + 1);
      scale = (1 - p) / mean;
      next = u > p ? Math.log((1 - p) / (1 - u)) / scale : 0;
    }
    // L = ln E[e^{A v'}], where it exists.
    const room = isQuadratic ? 1 - 2 * a * scale : scale - a;
    const isCorrected = room > 0;
    let moment: f64 = 0;
    let logMoment: f64 = 0;
    if (isCorrected) {
      if (isQuadratic) logMoment = (a * bSquare * scale) / room - 0.5 * Math.log(room);
      else {
        moment = p + (scale * (1 - p)) / room;
        logMoment = Math.log(moment);
      }
    }
    const level = isCorrected ? -logMoment - 0.5 * k3 * v : k0 + k1 * v;
    store<f64>(vAddress, next);
    store<f64>(meanAddress, load<f64>(meanAddress) + drift + level + k2 * next);
    store<f64>(squareAddress, load<f64>(squareAddress) + k3 * (v + next));

    for (let j = 1; j <= directions; j++) {
      const vTangent = columnAt(columns, 3 * j, at);
      const dv = load<f64>(vTangent);
      const dMean = constant(constants, directions, M0, j) + constant(constants, directions, M1, j) * v + m1 * dv;
      const dSquare = constant(constants, directions, S0, j) + constant(constants, directions, S1, j) * v + s1 * dv;
      const dK2 = constant(constants, directions, K2, j);
      const dK3 = constant(constants, directions, K3, j);
      const dA = dK2 + 0.5 * dK3;
      const dPsi = psi * (dSquare / square - (2 * dMean) / mean);
      let dNext: f64 = 0;
      let dLogMoment: f64 = 0;
      if (isQuadratic) {
        const dInverse = -inverse * (dPsi / psi);
        const dbSquare = dInverse * (1 + (2 * inverse - 1) / (2 * Math.sqrt(inverse * (inverse - 1))));
        const db = dbSquare / (2 * b);
        const dScale = (dMean - scale * dbSquare) / (1 + bSquare);
        dNext = (b + z) * (dScale * (b + z) + 2 * scale * db);
        const dProduct = dA * scale + a * dScale;
        dLogMoment = (dProduct * bSquare + a * scale * dbSquare) / room + (2 * a * scale * bSquare * dProduct) / (room * room) + dProduct / room;
      } else {
        const dp = (2 * dPsi) / ((psi + 1) * (psi + 1));
        const dScale = (-dp - scale * dMean) / mean;
        dNext = u > p ? -dp / ((1 - p) * scale) - (next * dScale) / scale : 0;
        const dMoment =
          dp - (scale * dp) / room + ((1 - p) * dScale) / room - ((1 - p) * scale * (dScale - dA)) / (room * room);
        dLogMoment = isCorrected ? dMoment / moment : 0;
      }
      const dLevel = isCorrected
        ? -dLogMoment - 0.5 * (dK3 * v + k3 * dv)
        : constant(constants, directions, K0, j) + constant(constants, directions, K1, j) * v + k1 * dv;
      store<f64>(vTangent, dNext);
      const meanTangent = columnAt(columns, 3 * j + 1, at);
      store<f64>(
        meanTangent,
        load<f64>(meanTangent) + constant(constants, directions, DRIFT, j) + dLevel + dK2 * next + k2 * dNext,
      );
      const squareTangent = columnAt(columns, 3 * j + 2, at);
      store<f64>(squareTangent, load<f64>(squareTangent) + dK3 * (v + next) + k3 * (dv + dNext));
    }
  }
}
