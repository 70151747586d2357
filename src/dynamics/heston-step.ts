import { type Jet, jetArithmetic } from "../numerics/jet.js";
import { type Polynomial, polynomialAt } from "../numerics/polynomial.js";
import {
  type Moves,
  type Primitive,
  primitives,
  type StepFunctions,
  type StepParameters,
} from "./variance-path.js";

/**
 * The eleven constants of a step of the variance path, in the order of assembly/heston.ts, each followed by its derivatives.
 * With E = e^{−κΔ}, t = (κΔ/2)² and k(t) = √t coth √t:
 *
 *   c = ξ²(1 − E)/4κ, λ = vE/c, d = 4κθ/ξ²; the integral's cumulants given v and v' are M1 = −½ξ²Δ² L', M2 = ¼ξ⁴Δ⁴ L'',
 *   L' = p'B − a k', L'' = p''B + p'²Q − a k'', a = 2(v + v')/(ξ²Δ), p' = (1 − k)/2t.
 *
 * From the Laplace transform of Broadie and Kaya, Operations Research 54 (2006), eq. (13).
 */
export function stepConstants(
  functions: StepFunctions,
  parameters: StepParameters,
  moves: Moves,
): Float64Array {
  const variable = (primitive: Primitive): Jet => [parameters[primitive], ...moves.slopes(primitive)];
  const [kappa, theta, xi, rho, length] = primitives.map(variable) as [Jet, Jet, Jet, Jet, Jet];
  const { add, subtract, multiply, divide, chain } = jetArithmetic(moves.directions, moves.pairs);

  const decay = multiply(kappa, length);
  const left = functions.scalarExp(-decay[0]!);
  const survival = chain(decay, left, -left, left);
  const lost = chain(decay, -functions.scalarExpm1(-decay[0]!), left, -left);
  const xiSquared = multiply(xi, xi);
  const scale = divide(multiply(xiSquared, lost), multiply(4, kappa));
  const degrees = divide(multiply(4, kappa, theta), xiSquared);

  const t = multiply(0.25, decay, decay);
  const k = hyperbolic(functions, t[0]!);
  const k1 = chain(t, k.k1, k.k2, k.k3);
  const k2 = chain(t, k.k2, k.k3, k.k4);
  const p1 = chain(t, k.p1, k.p2, k.p3);
  const p2 = chain(t, k.p2, k.p3, k.p4);
  const xiLength = multiply(xiSquared, length, length);

  const leverage = divide(rho, xi);
  const table = [
    scale,
    divide(survival, scale),
    degrees,
    multiply(-0.5, xiLength, p1),
    multiply(length, k1),
    multiply(0.25, xiLength, xiLength, p2),
    multiply(-0.5, xiLength, length, k2),
    multiply(length, subtract(parameters.drift, multiply(leverage, kappa, theta))),
    leverage,
    subtract(multiply(leverage, kappa), 0.5),
    subtract(1, multiply(rho, rho)),
  ];
  return Float64Array.from(table.flatMap((jet) => add(jet, 0)));
}

/** Taylor coefficients of √t coth √t: 4ⁿ B_{2n} / (2n)!, and those of p' = (1 − √t coth √t)/2t. */
const SERIES_K = bernoulliSeries(16);
const SERIES_P = SERIES_K.slice(1).map((a) => -0.5 * a);
/** Of its first four derivatives, and of p' and its first three. */
const [, ...SERIES_K_BY_T] = derivatives(SERIES_K, 4);
const SERIES_P_BY_T = derivatives(SERIES_P, 3);

/** A series and its derivatives up to an order. */
function derivatives(series: Polynomial, order: number): readonly Polynomial[] {
  if (order === 0) return [series];
  const slope = series.slice(1).map((a, n) => a * (n + 1));
  return [series, ...derivatives(slope, order - 1)];
}

/** k = √t coth √t and p' = (1 − k)/2t with the derivatives that the cumulants and their tangents need. */
function hyperbolic({ scalarExp }: StepFunctions, t: number) {
  if (t < 0.3) {
    const [k1, k2, k3, k4] = SERIES_K_BY_T.map((series) => polynomialAt(series, t));
    const [p1, p2, p3, p4] = SERIES_P_BY_T.map((series) => polynomialAt(series, t));
    return { k1: k1!, k2: k2!, k3: k3!, k4: k4!, p1: p1!, p2: p2!, p3: p3!, p4: p4! };
  }
  const root = Math.sqrt(t);
  const e = scalarExp(-2 * root);
  const k = (root * (1 + e)) / (1 - e);
  const k1 = (k - k * k + t) / (2 * t);
  const k2 = (1 - k1 * (1 + 2 * k)) / (2 * t);
  const k3 = -(k2 * (3 + 2 * k) + 2 * k1 * k1) / (2 * t);
  const p1 = (1 - k) / (2 * t);
  const p2 = -(k1 / 2 + p1) / t;
  const p3 = -(k2 / 2 + 2 * p2) / t;
  const k4 = -(k3 * (5 + 2 * k) + 6 * k1 * k2) / (2 * t);
  const p4 = -(k3 / 2 + 3 * p3) / t;
  return { k1, k2, k3, k4, p1, p2, p3, p4 };
}

/** a_0 … a_{n−1} of √t coth √t = Σ a_n tⁿ, from cosh √t = (sinh √t / √t) · Σ a_n tⁿ. */
function bernoulliSeries(count: number): readonly number[] {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  const a: number[] = [];
  for (let n = 0; n < count; n++) {
    let value = 1 / factorial(2 * n);
    for (let i = 0; i < n; i++) value -= a[i]! / factorial(2 * (n - i) + 1);
    a.push(value);
  }
  return a;
}
