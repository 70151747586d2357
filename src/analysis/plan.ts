import { dynamics as catalogue } from "../dynamics/catalogue.js";
import { AUTOMATIC, type EstimatorName, estimators } from "../estimators/catalogue.js";
import { columnOf, distinct } from "../estimators/control-variates.js";
import type { Greek } from "../estimators/greeks.js";
import { isWatchedBetweenDates } from "../estimators/market-numbers.js";
import type { Derivative } from "../gradients/distribution.js";
import type { Market, Underlying } from "../market/market.js";
import type { Failure } from "../numerics/failure.js";
import type { Payoff } from "../payoffs/payoff.js";
import type { Trade } from "../portfolio/trade.js";
import { type Schedule, scheduleName } from "../simulation/schedule.js";
import type { EstimateRequest, Part } from "./executor.js";
import { chooseGreeks, type Settings, unavailableInSet } from "./settings.js";

/** The trades that share one simulation: the same underlying, the same dates. */
export interface Group {
  readonly underlying: Underlying;
  readonly trades: readonly Trade[];
  /** What they pay: on a grid of dates where a trade is watched at every moment and its model asks for one. */
  readonly payoffs: readonly Payoff[];
  /** The Greeks asked for. */
  readonly greeks: readonly Greek[];
  /** Greeks asked for by name that the model does not have, and why. */
  readonly missing: readonly { readonly greek: string; readonly message: string }[];
  /** Greeks of a set that the model does not have, "heston: speed". */
  readonly unavailable: readonly string[];
  /** For every trade and Greek the estimators it may have, or why it has none; where there are several, a trial decides. */
  readonly candidates: readonly (readonly Candidates[])[];
  readonly request: Omit<EstimateRequest, "parts">;
}

export type Candidates = readonly EstimatorName[] | { readonly obstacle: string };

export function isObstacle(candidates: Candidates): candidates is { readonly obstacle: string } {
  return "obstacle" in candidates;
}

/** What one estimator is to give: some of a group's Greeks for some of its trades. */
export interface Share {
  readonly part: Part;
  /** The place of a trade among the amounts; undefined where it is not among them. */
  indexOf(t: number): number | undefined;
  /** The place of a Greek among the derivatives. */
  columnOf(greek: Greek): number;
}

/** What an estimator is to be run for: the trades and Greeks that `wants` says; null where it is none. */
export function shareOf(
  { payoffs, greeks }: Group,
  estimator: EstimatorName,
  wants: (t: number, g: number) => boolean,
): Share | null {
  const places = new Map<number, number>();
  const isWanted = greeks.map(() => false);
  for (let t = 0; t < payoffs.length; t++) {
    for (let g = 0; g < greeks.length; g++) {
      if (!wants(t, g)) continue;
      isWanted[g] = true;
      if (!places.has(t)) places.set(t, places.size);
    }
  }
  if (places.size === 0) return null;
  const members = [...places.keys()];
  const wanted = greeks.filter((_, g) => isWanted[g]);
  const derivatives = distinct([[], ...wanted.map(({ wrt }) => wrt)]);
  const columns = new Map(wanted.map((greek) => [greek, columnOf(derivatives, greek.wrt)]));
  return {
    part: {
      derivatives,
      amounts: members.map((t) => payoffs[t]!.amount),
      earlier: members.map((t) => payoffs[t]!.earlier ?? []),
      estimator,
    },
    indexOf: (t) => places.get(t),
    columnOf: (greek) => columns.get(greek)!,
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
  const groups = new Map<string, { trade: Trade; payoff: Payoff }[]>();
  for (const trade of trades) {
    const failure = obstacle(trade, market);
    if (failure !== null) {
      failures.set(trade, failure);
      continue;
    }
    const payoff = payoffUnder(trade, market);
    const key = JSON.stringify([trade.underlying, scheduleName(payoff.dates)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ trade, payoff }]);
    else group.push({ trade, payoff });
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
  const isBridged = BRIDGED.includes(underlying.model.dynamics);
  if (needsGrid(trade.payoff, underlying) && !(isBridged && trade.payoff.onGrid !== undefined)) {
    return {
      ...fail(
        "observations",
        `observations must be a count or dates under ${underlying.model.dynamics}, got continuous: how prices move between dates is known under ${BRIDGED.join(", ")}`,
      ),
      reason: "unsupported",
    };
  }
  return null;
}

/** The models whose prices between dates are a Brownian bridge, or nearly. */
const BRIDGED: readonly string[] = Object.values(catalogue).flatMap(({ name, isBrownian, bridgeWidth }) =>
  isBrownian === true || bridgeWidth !== undefined ? [name] : [],
);

/** Whether the model moves otherwise than a Brownian motion between the dates that a payoff is watched between. */
function needsGrid({ amount }: Payoff, { model }: Underlying): boolean {
  return isWatchedBetweenDates(amount) && !catalogue[model.dynamics]!.isBrownian;
}

/** Dates of the grid: so many a year, and neither few nor more than a year of trading days. */
const GRID = { perYear: 50, least: 16, most: 250 };

/** What a grid leaves of the bias, as a share of a number, and why. */
export const GRID_BIAS = {
  share: 0.001,
  why: "between the dates of a grid the price is taken for a Brownian bridge, which may move the number by a thousandth",
};

/**
 * Between the dates of a grid the variance is taken to flow evenly and the price to be a Brownian bridge: the bias falls with the
 * squared length of an interval, and is below a thousandth for ordinary parameters.
 */
function payoffUnder(trade: Trade, market: Market): Payoff {
  const { payoff } = trade;
  if (!needsGrid(payoff, market.underlyings.get(trade.underlying)!)) return payoff;
  const expiry = payoff.dates.at(-1)!;
  const count = Math.min(GRID.most, Math.max(GRID.least, Math.ceil(GRID.perYear * expiry)));
  return payoff.onGrid!(Array.from({ length: count }, (_, i) => (expiry * (i + 1)) / count));
}

function openGroup(
  members: readonly { readonly trade: Trade; readonly payoff: Payoff }[],
  market: Market,
  settings: Settings,
): Group {
  const trades = members.map(({ trade }) => trade);
  const payoffs = members.map(({ payoff }) => payoff);
  const underlying = market.underlyings.get(trades[0]!.underlying)!;
  const dynamics = catalogue[underlying.model.dynamics]!;
  const { greeks, missing } = chooseGreeks(settings, dynamics);
  const schedule = {
    underlying: underlying.name,
    spot: underlying.spot,
    carry: { rate: underlying.rate, dividendYield: underlying.dividendYield },
    dynamics,
    parameters: underlying.model.parameters,
    dates: payoffs[0]!.dates,
  };
  return {
    underlying,
    trades,
    payoffs,
    greeks,
    missing: missing.map((greek) => ({ greek, message: `${greek} is not available under ${dynamics.name}` })),
    unavailable: unavailableInSet(settings, dynamics),
    candidates: payoffs.map((payoff) => {
      const candidates = candidatesOf(schedule, payoff, settings);
      return greeks.map(({ wrt }) => candidates(wrt));
    }),
    request: {
      schedule,
      seed: settings.seed,
      sampler: settings.sampler,
      paths: settings.paths,
      batches: settings.batches,
    },
  };
}

/** What there is to choose from, for derivatives of one payoff. */
function candidatesOf(
  schedule: Schedule,
  payoff: Payoff,
  { estimator }: Settings,
): (derivative: Derivative) => Candidates {
  if (estimator !== "auto") {
    const obstacleOf = estimators[estimator].obstacle(schedule, payoff);
    return (derivative) => {
      const obstacle = obstacleOf(derivative);
      return obstacle === null
        ? [estimator]
        : { obstacle: `the ${estimator} estimator does not apply: ${obstacle}` };
    };
  }
  const conditional = estimators.conditional.obstacle(schedule, payoff);
  const others = AUTOMATIC.filter((name) => name !== "conditional").map((name) => ({
    name,
    obstacle: estimators[name].obstacle(schedule, payoff),
  }));
  return (derivative) =>
    // Integrating a normal out never adds variance (Rao and Blackwell), and over all reference cases nothing that draws it was cheaper
    // by enough to make up for that: a trial would only cost (bench/choice.mjs).
    conditional(derivative) === null
      ? ["conditional"]
      : others.flatMap(({ name, obstacle }) => (obstacle(derivative) === null ? [name] : []));
}
