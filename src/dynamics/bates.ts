import type { Dynamics, LatentLaw } from "./dynamics.js";
import { heston } from "./heston.js";
import { carrying, countLaw, JUMP_PARAMETERS, withJumps } from "./jumps.js";
import { bridgeWidth } from "./variance-path.js";

/** Bates, Review of Financial Studies 9 (1996) 69: Heston's stochastic variance with compensated lognormal jumps. */
export const bates: Dynamics = {
  name: "bates",
  meaning: "stochastic variance that reverts to a mean, and lognormal jumps of the price",
  parameters: { ...heston.parameters, ...JUMP_PARAMETERS },
  scheme: heston.scheme,
  scoreParameters: [...heston.scoreParameters, ...Object.keys(JUMP_PARAMETERS)],
  scorePairs: heston.scorePairs,
  ...(heston.caution && { caution: heston.caution }),
  ...(heston.bias && { bias: heston.bias }),
  bridgeWidth,
  carrying,
  jumps: { base: heston, counts: countLaw },
  law: (request) => withJumps(heston.law(request) as LatentLaw, request),
};
