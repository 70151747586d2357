import {
  computeGreeks,
  describeFailure,
  type Executor,
  type GreekEstimate,
  type PortfolioItem,
  type RunSummary,
  type Total,
  type TradeResult,
} from "../index.js";
import type { DeskEvents, DeskOptions, Point, ResultsView } from "./desk-views.js";
import type { Inputs } from "./inputs.js";
import { type FinishedRun, imagesOf, runOptions } from "./report-file.js";

/** The first look: the least that has error bars. */
const LOOK_PATHS = 2048;
/** A look at the whole book that would take longer than `all` ends after `some`. */
const LOOK_MS = { some: 1500, all: 6000 };
/** Stages double while they are as short as this; then the last one comes at once. */
const SHORT_STAGE_MS = 2000;
const SHOWN_FAILURES = 20;
const EVENT_MS = 100;

/** What a pass over the whole book gave. */
interface Stage {
  readonly paths: number;
  readonly trades: ReadonlyMap<string, readonly GreekEstimate[]>;
  readonly totals: readonly Total[];
}

interface Control {
  readonly signal: { readonly aborted: boolean };
  readonly events: DeskEvents;
}

/**
 * Runs of the book, one at a time: first a look, group by group, that puts error bars on the screen at once; then the whole book
 * with twice the paths, and again. Each of these is what the command line gives for so many paths, bit for bit.
 */
export function openRuns(executor: Executor, inputs: Inputs) {
  const latest = new Map<string, TradeResult>();
  let stages: Stage[] = [];
  let finished: FinishedRun | null = null;
  let plan: { readonly options: DeskOptions; readonly reached: number } | null = null;
  let signal = { aborted: false };
  let running: Promise<void> = Promise.resolve();

  async function look(
    options: DeskOptions,
    first: string | null,
    { signal, events }: Control,
  ): Promise<"whole" | "part"> {
    const { market } = inputs.market().reading;
    if (market === undefined) return "part";
    const groups = groupsOf(inputs.book().items, first);
    const start = performance.now();
    const summaries: RunSummary[] = [];
    const failures: string[] = [];
    const trades = new Map<string, readonly GreekEstimate[]>();
    let told = -EVENT_MS;
    for (const [i, group] of groups.entries()) {
      const few = { ...runOptions(options, LOOK_PATHS, false), signal };
      const outcome = await computeGreeks(group, market, few, executor);
      if (signal.aborted) return "part";
      summaries.push(outcome.summary);
      failures.push(...outcome.failures.map(describeFailure));
      for (const result of outcome.results) {
        latest.set(result.trade.id, result);
        trades.set(result.trade.id, result.estimates);
      }
      const isLast = i === groups.length - 1;
      if (isLast) stages = [{ paths: LOOK_PATHS, trades, totals: combined(summaries) }];
      const elapsed = performance.now() - start;
      if (isLast || elapsed > told + EVENT_MS) {
        told = elapsed;
        await events.results(
          view({ paths: LOOK_PATHS, seconds: elapsed / 1000, state: "looking", failures }),
        );
        events.progress((i + 1) / groups.length, LOOK_PATHS);
      }
      const whole = (elapsed / (i + 1)) * groups.length;
      if (!isLast && elapsed > LOOK_MS.some && whole > LOOK_MS.all) return "part";
    }
    return groups.length > 0 ? "whole" : "part";
  }

  /** What the command line would give for so many paths; null when it was stopped. */
  async function pass(options: DeskOptions, isLast: boolean, { signal, events }: Control) {
    const [book, market] = [inputs.book(), inputs.market()];
    if (market.reading.market === undefined) return null;
    const startedAt = new Date();
    const start = performance.now();
    let told = 0;
    const onProgress = ({ fraction }: { readonly fraction: number }) => {
      const now = performance.now();
      if (now < told + EVENT_MS) return;
      told = now;
      events.progress(fraction, options.paths);
    };
    const outcome = await computeGreeks(
      book.items,
      market.reading.market,
      { ...runOptions(options, options.paths, isLast), signal, onProgress },
      executor,
    );
    if (signal.aborted) return null;
    const seconds = (performance.now() - start) / 1000;
    const { results, failures, summary } = outcome;
    latest.clear();
    for (const result of results) latest.set(result.trade.id, result);
    const precision = isLast ? options.precision : null;
    finished = { ...outcome, book, market, options: { ...options, precision }, startedAt, seconds };
    const paths = Math.max(...results.map(({ estimates }) => estimates[0]?.paths ?? 0), summary.paths);
    const trades = new Map(results.map(({ trade, estimates }) => [trade.id, estimates]));
    stages = [...stages.filter((stage) => stage.paths < paths), { paths, trades, totals: summary.totals }];
    // Rows that could not be read are told where they are edited.
    const ofRows = new Set(book.items.flatMap((item) => (item.kind === "failure" ? [item.failure] : [])));
    const ofTrades = failures.filter((failure) => !ofRows.has(failure)).map(describeFailure);
    await events.results(view({ paths, seconds, state: isLast ? "done" : "running", failures: ofTrades }));
    return seconds * 1000;
  }

  async function climb(
    options: DeskOptions,
    { from, isShort, ...control }: Control & { readonly from: number; readonly isShort: boolean },
  ): Promise<void> {
    let short = isShort;
    let paths = from;
    for (;;) {
      if (!short || paths > options.paths) paths = options.paths;
      const isLast = paths === options.paths;
      const milliseconds = await pass({ ...options, paths }, isLast, control);
      if (milliseconds === null) return;
      plan = { options, reached: paths };
      if (isLast) return;
      short = milliseconds < SHORT_STAGE_MS;
      paths *= 2;
    }
  }

  /** Ends what runs and starts anew. */
  async function start(work: (signal: { readonly aborted: boolean }) => Promise<unknown>): Promise<void> {
    signal.aborted = true;
    const own = { aborted: false };
    signal = own;
    await running;
    if (own.aborted) return;
    const ends = work(own).then(() => undefined);
    running = ends.catch(() => undefined);
    await ends;
  }

  function view(
    pass: Pick<ResultsView, "paths" | "seconds" | "state"> & { readonly failures: readonly string[] },
  ): ResultsView {
    const trades = inputs.book().items.flatMap((item) => (item.kind === "trade" ? [item.trade.id] : []));
    const estimates = trades.flatMap((id) => latest.get(id)?.estimates ?? []);
    return {
      ...pass,
      failures: pass.failures.slice(0, SHOWN_FAILURES),
      valued: trades.filter((id) => latest.has(id)).length,
      trades: trades.length,
      flagged: estimates.filter(({ status }) => status !== "ok").length,
      greeks: [...new Set(estimates.map(({ greek }) => greek))],
      totals: (stages.at(-1)?.totals ?? []).map((total) => ({ ...total, points: pointsOfTotal(total) })),
      exportable: finished !== null,
      images: finished === null ? [] : imagesOf(finished),
    };
  }

  function pointsOfTotal(total: Total): readonly Point[] {
    return stages.flatMap(({ paths, totals }) => {
      const then = totals.find((other) => keyOf(other) === keyOf(total));
      return then === undefined ? [] : [{ paths, value: Number(then.value), low: then.low, high: then.high }];
    });
  }

  return {
    /** The book with few paths; the trade `first` and those that share its simulation come first. */
    look: (options: DeskOptions, first: string | null, events: DeskEvents) =>
      start((signal) => look(options, first, { signal, events })),
    /** Ever more paths, up to those of the options. */
    run: (options: DeskOptions, first: string | null, events: DeskEvents) =>
      start(async (signal) => {
        stages = [];
        finished = null;
        plan = { options, reached: 0 };
        const began = performance.now();
        const looked = await look(options, first, { signal, events });
        if (signal.aborted) return;
        if (looked === "whole") plan = { options, reached: LOOK_PATHS };
        const isShort = looked === "whole" && performance.now() - began < SHORT_STAGE_MS;
        await climb(options, { from: 2 * LOOK_PATHS, isShort, signal, events });
      }),
    /** On from where it stopped; twice as far when it had arrived. */
    continue: (events: DeskEvents) =>
      start(async (signal) => {
        if (plan === null) return;
        const { options, reached } = plan;
        const paths = reached < options.paths ? options.paths : 2 * reached;
        plan = { options: { ...options, paths }, reached };
        await climb(plan.options, { from: Math.max(2 * reached, LOOK_PATHS), isShort: true, signal, events });
      }),
    async stop(): Promise<void> {
      signal.aborted = true;
      await running;
    },
    /** Forgets the numbers of another book. */
    clear: () => latest.clear(),
    latest: (id: string): readonly GreekEstimate[] => latest.get(id)?.estimates ?? [],
    /** How an estimate came about, from pass to pass. */
    points: (id: string, greek: string): readonly Point[] =>
      stages.flatMap(({ paths, trades }) => {
        const then = trades.get(id)?.find((estimate) => estimate.greek === greek);
        return then === undefined ? [] : [{ paths, value: then.value, low: then.low, high: then.high }];
      }),
    finished: () => finished,
  };
}

/** Trades that share a simulation, those with the trade `first` before the others. */
function groupsOf(
  items: readonly PortfolioItem[],
  first: string | null,
): readonly (readonly PortfolioItem[])[] {
  const groups = new Map<string, PortfolioItem[]>();
  let keyOfFirst: string | undefined;
  for (const item of items) {
    if (item.kind !== "trade") continue;
    const key = JSON.stringify([item.trade.underlying, item.trade.payoff.dates]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
    if (item.trade.id === first) keyOfFirst = key;
  }
  return [...groups]
    .sort(([a], [b]) => Number(b === keyOfFirst) - Number(a === keyOfFirst))
    .map(([, group]) => group);
}

/** Groups have random numbers of their own: their errors add in squares. */
function combined(summaries: readonly RunSummary[]): readonly Total[] {
  const totals = new Map<string, Total>();
  for (const total of summaries.flatMap((summary) => summary.totals)) {
    const before = totals.get(keyOf(total));
    totals.set(keyOf(total), before === undefined ? total : added(before, total));
  }
  return [...totals.values()];
}

function added(a: Total, b: Total): Total {
  const value = Number(a.value) + Number(b.value);
  const half = Math.hypot(a.high - a.low, b.high - b.low) / 2;
  return {
    ...a,
    value: String(value),
    standardError: Math.hypot(a.standardError, b.standardError),
    low: value - half,
    high: value + half,
    trades: a.trades + b.trades,
  };
}

function keyOf({ book, underlying, currency, greek, unit }: Total): string {
  return JSON.stringify([book, underlying, currency, greek, unit]);
}
