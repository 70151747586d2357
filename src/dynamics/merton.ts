import { asColumns } from "./as-columns.js";
import { blackScholes } from "./black-scholes.js";
import type { ConstantLaw, Dynamics } from "./dynamics.js";
import { carrying, countLaw, JUMP_PARAMETERS, withJumps } from "./jumps.js";

/** Merton, J. Financial Economics 3 (1976) 125: Black-Scholes with compensated lognormal jumps, exact on any schedule. */
export const merton: Dynamics = {
  name: "merton",
  meaning: "constant volatility and lognormal jumps",
  parameters: { ...blackScholes.parameters, ...JUMP_PARAMETERS },
  scheme: "exact",
  scoreParameters: [...blackScholes.scoreParameters, ...Object.keys(JUMP_PARAMETERS)],
  scorePairs: [],
  carrying,
  jumps: { base: blackScholes, counts: countLaw },
  law: (request) =>
    withJumps(asColumns(blackScholes.law(request) as ConstantLaw, { ...request, wantedPairs: [] }), request),
};
