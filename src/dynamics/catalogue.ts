import { bates } from "./bates.js";
import { blackScholes } from "./black-scholes.js";
import type { Dynamics } from "./dynamics.js";
import { heston } from "./heston.js";
import { hestonQe } from "./heston-qe.js";
import { merton } from "./merton.js";
import { varianceGamma } from "./variance-gamma.js";

/** Every model there is, by the name market files use. The only file that imports concrete dynamics. */
export const dynamics: Readonly<Record<string, Dynamics>> = Object.fromEntries(
  [blackScholes, heston, hestonQe, merton, bates, varianceGamma].map((model) => [model.name, model]),
);
