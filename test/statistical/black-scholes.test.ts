import { readReference } from "../reference/read.js";
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

// The settings that are usual; the seed is fixed.
for (const sampler of ["sobol", "random"] as const) {
  const options = { paths: 65_536, seed: "reference", sampler };
  for (const file of ["european", "geometric-asian", "discrete", "continuous"]) {
    const cases = readReference(`black-scholes-${file}.csv`);
    describeReference(`Black-Scholes, ${file}, ${sampler}`, cases, { options, greeks, largestError: 0.05 });
    if (sampler === "sobol")
      describeReference(`Black-Scholes, ${file}, auto`, cases, {
        ...{ options: { ...options, estimator: "auto" }, greeks, largestError: 0.05 },
      });
  }
}
