import { readReference } from "../reference/read.js";
import { describeReference } from "./reference-book.js";

const notes = readReference("notes.csv");

for (const sampler of ["sobol", "random"] as const) {
  const options = { paths: 131_072, seed: "reference", sampler };
  describeReference(
    `Autocallable notes under Black-Scholes, ${sampler}`,
    notes.filter(({ model }) => model === "BS"),
    {
      options,
      greeks: ["price", "delta", "gamma", "vega", "vanna", "rho", "dividend_rho"],
      largestError: 0.1,
    },
  );
  describeReference(
    `Autocallable notes under Heston, ${sampler}`,
    notes.filter(({ model }) => model === "Heston"),
    { options, greeks: ["price", "delta", "gamma", "d_v0", "d2_spot_v0"], largestError: 0.1 },
  );
}
