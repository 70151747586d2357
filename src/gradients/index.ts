export { openAdam } from "./applications/adam.js";
export { creditPortfolio, trancheLoss } from "./applications/credit-portfolio.js";
export { type ElboOptions, elbo } from "./applications/elbo.js";
export { bandit, cartPole } from "./applications/environments.js";
export { type JumpDiffusionParameters, jumpDiffusion } from "./applications/jump-diffusion.js";
export { lognormalPrice } from "./applications/lognormal-price.js";
export { meanField } from "./applications/mean-field.js";
export {
  type Environment,
  logisticPolicy,
  type Policy,
  type PolicyGradient,
  policyGradient,
  softmaxPolicy,
} from "./applications/policy-gradient.js";
export { regimePath } from "./applications/regime-switching.js";
export { type StoppingRule, stoppingRule } from "./applications/stopping-rule.js";
export type { Capability, ColumnDistribution, ColumnSpec, Columns } from "./column-distribution.js";
export { columnDistribution } from "./column-distribution.js";
export { changeParameters } from "./combinators/change-parameters.js";
export { markovPath } from "./combinators/markov-path.js";
export { mixture } from "./combinators/mixture.js";
export { product } from "./combinators/product.js";
export { type Comparison, type ComparisonTable, compare } from "./compare.js";
export type { Derivative, Distribution } from "./distribution.js";
export { bernoulli } from "./distributions/bernoulli.js";
export { beta } from "./distributions/beta.js";
export { distributions } from "./distributions/catalogue.js";
export { categorical } from "./distributions/categorical.js";
export { exponential } from "./distributions/exponential.js";
export { gamma } from "./distributions/gamma.js";
export { lognormal } from "./distributions/lognormal.js";
export { multivariateNormal } from "./distributions/multivariate-normal.js";
export { normal } from "./distributions/normal.js";
export { poisson } from "./distributions/poisson.js";
export { uniformLocation } from "./distributions/uniform-location.js";
export type { Estimator } from "./estimator.js";
export { arm, disarm } from "./estimators/arm.js";
export { directional } from "./estimators/directional.js";
export { enumeration } from "./estimators/enumeration.js";
export { measureValued } from "./estimators/measure-valued.js";
export { mixed } from "./estimators/mixed.js";
export { pathwise } from "./estimators/pathwise.js";
export { rebar, relax } from "./estimators/rebar.js";
export { relaxation, straightThrough } from "./estimators/relaxation.js";
export { type Baseline, type KnownFunction, scoreFunction } from "./estimators/score-function.js";
export {
  type Estimate,
  type GradientOptions,
  type GradientResult,
  gradient,
  type HessianResult,
  hessian,
} from "./gradient.js";
export { type Integrand, type PointFunction, pointwise } from "./integrand.js";
