import { readReference } from "../reference/read.js";
import { scale } from "./natural-scale.js";
import { describeReference } from "./reference-book.js";

const greeks = [
  "price",
  "delta",
  "gamma",
  "speed",
  "vega",
  "vanna",
  "volga",
  "theta",
  "charm",
  "rho",
  "dividend_rho",
];

// Five standard errors of a Student distribution with 31 degrees of freedom: one false alarm in 45,000 numbers; the seed is fixed.
for (const sampler of ["sobol", "random"] as const) {
  const options = { paths: 32_768, seed: "reference", sampler };
  for (const file of [
    "black-scholes-european.csv",
    "black-scholes-geometric-asian.csv",
    "black-scholes-discrete.csv",
  ]) {
    describeReference(`${file}, ${sampler}`, readReference(file), {
      options,
      greeks,
      largestError: 0.05,
      scale,
    });
  }
}
