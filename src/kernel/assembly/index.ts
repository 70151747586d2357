/**
 * The kernel: vector operations on columns of f64 in the module's own memory. Pointers are byte offsets aligned to 16,
 * n is a multiple of 16, and an operation may write over any column it reads.
 *
 * The functions on one pair of numbers are inlined, and the loops compute four pairs before they store any: so the
 * compiler sees that the four share their constants, loads each once, and the processor overlaps the four chains.
 */
export * from "./arithmetic";
export { besselRatios } from "./bessel-ratio";
export { exp } from "./exponential";
export { log } from "./logarithm";
export { inverseNormal, inverseNormalScalar } from "./inverse-normal";
export { warpedNormal } from "./warped-normal";
export { normalCdf } from "./normal-cdf";
export { philoxColumns, philoxUniform, philoxWords } from "./philox";
export { hestonStep } from "./heston";
export { noncentralFlows } from "./noncentral-flows";
export { qeStep } from "./qe";
export { beginInterval, endInterval } from "./variance-interval";
export { bridgePoint, bridgeStep } from "./bridge";
export { growthColumns, growthConstant } from "./growth";
export { scoreBegin, scoreColumns, scoreConstant, scoreShift } from "./scores";
export { product } from "./product";
export { runProgram } from "./program";
export { sobolUniform } from "./sobol";
export { gammaTangents, gammaVariates, poissonVariates } from "./variates";

/** The first byte that the arena may hand out; below it lie the constants. */
export function heapBase(): usize {
  return __heap_base;
}

/** e^x and e^x − 1 of one number, with the same bits on every machine, which the host's own need not have. */
export function scalarExp(x: f64): f64 {
  return Math.exp(x);
}

export function scalarExpm1(x: f64): f64 {
  return Math.expm1(x);
}
