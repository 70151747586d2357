import { dynamics as catalogue } from "../dynamics/catalogue.js";
import { conditionalObstacle } from "../estimators/conditional.js";
import { BASE_DERIVATIVES } from "../estimators/control-variates.js";
import { differenceObstacle } from "../estimators/finite-difference.js";
import type { Greek } from "../estimators/greeks.js";
import { partsOf } from "../estimators/market-numbers.js";
import { pathwiseDerivativeObstacle, pathwiseObstacle } from "../estimators/pathwise.js";
import type { Derivative } from "../gradients/distribution.js";
import type { Market, Underlying } from "../market/market.js";
import type { Failure } from "../numerics/failure.js";
import { dependsOnMarket } from "../payoffs/differentiate.js";
import type { Payoff } from "../payoffs/payoff.js";
import type { Trade } from "../portfolio/trade.js";
import { type Schedule, scheduleName } from "../simulation/schedule.js";
import type { EstimateRequest, EstimatorName } from "./executor.js";
import { chooseGreeks, type Settings, unavailableInSet } from "./settings.js";

/** The trades that share one simulation: the same underlying, the same dates. */
export interface Group {
  readonly underlying: Underlying;
  readonly trades: readonly Trade[];
  /** The Greeks asked for, each with its column among the request's derivatives. */
  readonly greeks: readonly { readonly greek: Greek; readonly column: number }[];
  /** Greeks asked for by name that cannot be given, and why. */
  readonly missing: readonly { readonly greek: string; readonly message: string }[];
  /** Greeks of a set that cannot be given, "heston: speed". */
  readonly unavailable: readonly string[];
  /** Which estimators each trade may have; where there are several, a trial decides. */
  readonly candidates: readonly (readonly EstimatorName[])[];
  readonly request: Omit<EstimateRequest, "amounts" | "earlier" | "estimator">;
}

/** What is to be run for some of a group's trades. */
export function requestFor(
  { request, trades }: Group,
  members: readonly number[],
  estimator: EstimatorName,
): EstimateRequest {
  return {
    ...request,
    amounts: members.map((t) => trades[t]!.payoff.amount),
    earlier: members.map((t) => trades[t]!.payoff.earlier ?? []),
    estimator,
  };
}

export interface Plan {
  readonly groups: readonly Group[];
  /** Trades that no group took, with the reason. */
  readonly failures: ReadonlyMap<Trade, Failure>;
}

/** Groups trades by what can be simulated together. */
export function planTrades(trades: readonly Trade[], market: Market, settings: Settings): Plan {
  const failures = new Map<Trade, Failure>();
  const groups = new Map<string, Trade[]>();
  for (const trade of trades) {
    const failure = obstacle(trade, market) ?? estimatorObstacle(trade, settings);
    if (failure !== null) {
      failures.set(trade, failure);
      continue;
    }
    const key = JSON.stringify([trade.underlying, scheduleName(trade.payoff.dates)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [trade]);
    else group.push(trade);
  }
  return { groups: [...groups.values()].map((group) => openGroup(group, market, settings)), failures };
}

function obstacle(trade: Trade, market: Market): Failure | null {
  const underlying = market.underlyings.get(trade.underlying);
  const fail = (column: string, message: string): Failure => ({
    reason: "missing-data",
    message,
    where: { ...trade.where, column },
    tradeId: trade.id,
  });
  if (underlying === undefined) {
    return fail(
      "underlying",
      `underlying must be one the market holds, got ${JSON.stringify(trade.underlying)}`,
    );
  }
  if (catalogue[underlying.model.dynamics] === undefined) {
    return fail(
      "underlying",
      `dynamics must be one of ${Object.keys(catalogue).join(", ")}, got ${JSON.stringify(underlying.model.dynamics)}`,
    );
  }
  if (isWatchedAlways(trade.payoff) && !catalogue[underlying.model.dynamics]!.isBrownian) {
    return {
      ...fail(
        "observations",
        `observations must be a count or dates under ${underlying.model.dynamics}, got continuous: what happens between dates is known under black-scholes only`,
      ),
      reason: "unsupported",
    };
  }
  return null;
}

function isWatchedAlways({ amount }: Payoff): boolean {
  return typeof amount !== "function" && dependsOnMarket(amount);
}

const payoffObstacles = { conditional: conditionalObstacle, pathwise: pathwiseObstacle };

/** Why the estimator that was asked for does not apply to a trade. */
function estimatorObstacle(trade: Trade, { estimator }: Settings): Failure | null {
  if (estimator !== "conditional" && estimator !== "pathwise") return null;
  const reason = payoffObstacles[estimator](trade.payoff);
  if (reason === null) return null;
  const message = `the ${estimator} estimator does not apply: ${reason}`;
  return { reason: "not-applicable", message, where: trade.where, tradeId: trade.id };
}

const derivativeObstacles: Readonly<
  Partial<Record<string, (schedule: Schedule, derivative: Derivative) => string | null>>
> = { pathwise: pathwiseDerivativeObstacle, "finite-difference": differenceObstacle };

function openGroup(trades: readonly Trade[], market: Market, settings: Settings): Group {
  const first = trades[0]!;
  const underlying = market.underlyings.get(first.underlying)!;
  const dynamics = catalogue[underlying.model.dynamics]!;
  const { greeks: available, missing } = chooseGreeks(settings, dynamics);
  const schedule = {
    underlying: underlying.name,
    spot: underlying.spot,
    carry: { rate: underlying.rate, dividendYield: underlying.dividendYield },
    dynamics,
    parameters: underlying.model.parameters,
    dates: first.payoff.dates,
  };
  const obstacles = available.map(
    ({ wrt }) => derivativeObstacles[settings.estimator]?.(schedule, wrt) ?? null,
  );
  const greeks = available.filter((_, i) => obstacles[i] === null);
  const isSet = typeof settings.greeks === "string";
  const derivatives = [...BASE_DERIVATIVES];
  const columnOf = (wrt: Derivative) => {
    const found = derivatives.findIndex((derivative) => derivative.join() === wrt.join());
    return found >= 0 ? found : derivatives.push(wrt) - 1;
  };
  const columns = greeks.map(({ wrt }) => columnOf(wrt));
  // An amount that depends on the market shares a derivative with the weights: they must carry every part of it.
  if (trades.some(({ payoff }) => isWatchedAlways(payoff)))
    for (const { wrt } of greeks) for (const { left } of partsOf(wrt)) columnOf(left);
  return {
    underlying,
    trades,
    greeks: greeks.map((greek, i) => ({ greek, column: columns[i]! })),
    missing: [
      ...missing.map((greek) => ({ greek, message: `${greek} is not available under ${dynamics.name}` })),
      ...available.flatMap(({ name }, i) =>
        isSet || obstacles[i] === null
          ? []
          : [{ greek: name, message: `${name} is not available, ${settings.estimator}: ${obstacles[i]}` }],
      ),
    ],
    unavailable: [
      ...unavailableInSet(settings, dynamics),
      ...available.flatMap(({ name }, i) =>
        isSet && obstacles[i] !== null ? [`${dynamics.name}, ${settings.estimator}: ${name}`] : [],
      ),
    ],
    candidates: trades.map(({ payoff }) => candidatesFor(payoff, settings)),
    request: {
      schedule,
      derivatives,
      seed: settings.seed,
      sampler: settings.sampler,
      paths: settings.paths,
      batches: settings.batches,
      controls: settings.estimator === "likelihood-ratio-raw" ? "none" : "pilot",
    },
  };
}

/**
 * Integrating the last normal out never adds variance (Rao and Blackwell), so that the conditional estimator is best where it
 * applies. Between the others a trial has to decide.
 */
function candidatesFor(payoff: Payoff, { estimator }: Settings): readonly EstimatorName[] {
  if (estimator === "likelihood-ratio-raw") return ["likelihood-ratio"];
  if (estimator !== "auto") return [estimator];
  if (conditionalObstacle(payoff) === null) return ["conditional"];
  return pathwiseObstacle(payoff) === null ? ["likelihood-ratio", "pathwise"] : ["likelihood-ratio"];
}
