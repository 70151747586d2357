import { bernoulli } from "./bernoulli.js";
import { beta } from "./beta.js";
import { categorical } from "./categorical.js";
import { exponential } from "./exponential.js";
import { gamma } from "./gamma.js";
import { lognormal } from "./lognormal.js";
import { multivariateNormal } from "./multivariate-normal.js";
import { normal } from "./normal.js";
import { poisson } from "./poisson.js";
import { uniformLocation } from "./uniform-location.js";

/** Every distribution, each a file. */
export const distributions = {
  bernoulli,
  beta,
  categorical,
  exponential,
  gamma,
  lognormal,
  multivariateNormal,
  normal,
  poisson,
  uniformLocation,
};
