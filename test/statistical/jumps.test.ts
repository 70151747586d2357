import { readReference } from "../reference/read.js";
import { describeReference } from "./reference-book.js";

const common = ["price", "delta", "gamma", "theta", "rho", "dividend_rho"];
const ofJumps = ["d_lambda", "d_mu_j", "d_delta_j", "d2_spot_lambda"];
const ofVariance = ["d_v0", "d_kappa", "d_theta", "d_xi", "d_rho", "d2_spot_v0"];

for (const sampler of ["sobol", "random"] as const) {
  const options = { paths: sampler === "sobol" ? 65_536 : 32_768, seed: "reference", sampler };
  describeReference(`Merton, European, ${sampler}`, readReference("merton-european.csv"), {
    options,
    greeks: [...common, "vega", ...ofJumps],
    largestError: 0.1,
  });
  describeReference(`Bates, European, ${sampler}`, readReference("bates-european.csv"), {
    options,
    greeks: [...common, ...ofJumps, ...ofVariance],
    largestError: 0.1,
  });
  describeReference(`Variance gamma, European, ${sampler}`, readReference("variance-gamma-european.csv"), {
    options,
    greeks: [...common, "vega", "d_nu", "d_theta"],
    largestError: 0.1,
  });
}
