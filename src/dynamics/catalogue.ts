import { blackScholes } from "./black-scholes.js";
import type { Dynamics } from "./dynamics.js";
import { heston } from "./heston.js";

/** Every model there is, by the name market files use. The only file that imports concrete dynamics. */
export const dynamics: Readonly<Record<string, Dynamics>> = Object.fromEntries(
  [blackScholes, heston].map((model) => [model.name, model]),
);
