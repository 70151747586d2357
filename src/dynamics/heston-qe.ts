import { type Jet, jetArithmetic } from "../numerics/jet.js";
import type { Dynamics } from "./dynamics.js";
import {
  bridgeWidth,
  longestStep,
  openVariancePath,
  PATH_PARAMETERS,
  type Primitive,
  primitives,
  VARIANCE_PARAMETERS,
  VARIANCE_STEP,
  type VarianceScheme,
} from "./variance-path.js";

/**
 * Andersen's scheme, J. Computational Finance 11 (2008): v' from two laws with the exact mean and variance, the integral by the
 * trapezoidal rule, the forward kept exact. Constants in the order of assembly/qe.ts.
 */
const quadraticExponential: VarianceScheme = {
  pairs: [],
  constants(functions, parameters, moves) {
    const variable = (primitive: Primitive): Jet => [parameters[primitive], ...moves.slopes(primitive)];
    const [kappa, theta, xi, rho, length] = primitives.map(variable) as [Jet, Jet, Jet, Jet, Jet];
    const { add, subtract, multiply, divide, chain } = jetArithmetic(moves.directions);
    const decay = multiply(kappa, length);
    const survival = chain(decay, functions.scalarExp(-decay[0]!), -functions.scalarExp(-decay[0]!));
    const lost = chain(decay, -functions.scalarExpm1(-decay[0]!), functions.scalarExp(-decay[0]!));
    const spread = divide(multiply(xi, xi, lost), kappa);
    const leverage = divide(rho, xi);
    const byIntegral = multiply(0.5, length, subtract(multiply(kappa, leverage), 0.5));
    const table = [
      multiply(theta, lost),
      survival,
      multiply(0.5, theta, spread, lost),
      multiply(spread, survival),
      multiply(length, parameters.drift),
      multiply(-1, leverage, kappa, theta, length),
      subtract(byIntegral, leverage),
      add(byIntegral, leverage),
      multiply(0.5, length, subtract(1, multiply(rho, rho))),
    ];
    return Float64Array.from(table.flatMap((jet) => add(jet, 0)));
  },
  step(ops, { paths, constants, columns, directions, key, firstPath, step, batch }) {
    ops.qeStep(paths, constants, columns, directions, key[0], key[1], firstPath, step, batch);
  },
};

/** Years, unless told otherwise. */
const STEP = 0.1;
/** What the scheme may leave of a derivative, as a share, in steps that are not too long; seen against `heston` at a fiftieth of a year. */
const SHARE = 0.05;
/** κ times the step from which on the trapezoidal rule loses percents of prices too. */
const LONGEST = 0.5;

/**
 * Heston by the scheme most libraries use, for comparison: fast, and biased by some percent in the derivatives of the variance's
 * parameters at twenty steps or so. Steps of at most a tenth of a year unless told otherwise.
 */
export const hestonQe: Dynamics = {
  name: "heston-qe",
  meaning: "Heston simulated by Andersen's QE scheme; heston is more accurate",
  parameters: { ...VARIANCE_PARAMETERS, step: { ...VARIANCE_STEP, default: STEP } },
  scheme: "qe",
  scoreParameters: ["rate", "dividend_yield", ...PATH_PARAMETERS],
  scorePairs: [],
  caution({ parameters, dates }) {
    const { kappa, step } = { step: STEP, ...parameters } as { kappa: number; step: number };
    const turns = kappa * longestStep(step, dates);
    return turns > LONGEST
      ? `kappa × step is ${Number(turns.toPrecision(2))}, above ${LONGEST}: within so long a step the scheme loses what the variance does; give a shorter step, or heston`
      : null;
  },
  bias: () => ({
    share: SHARE,
    why: `the QE scheme may leave up to ${100 * SHARE} % of a derivative, more than its error bar: heston has less`,
  }),
  bridgeWidth,
  law: (request) => openVariancePath(request, quadraticExponential, request.parameters.step ?? STEP),
};
