import {
  compareEstimators,
  computeGreeks,
  describeFailure,
  type Executor,
  type GreekEstimate,
  products,
  type RunSummary,
  TermsError,
  type Total,
  type TradeResult,
} from "../index.js";
import { type BookText, readBook, withCell, withoutRow, withTrade } from "./book-text.js";
import type {
  Comparisons,
  DeskEvents,
  DeskOptions,
  InputsView,
  Point,
  ResultsView,
  RowView,
  SortKey,
  TradeRow,
  TradeView,
} from "./desk-views.js";
import {
  type MarketText,
  type ModelFiles,
  type NumberPath,
  readMarketText,
  viewMarket,
  withNamedModel,
  withNumber,
} from "./market-text.js";
import { type PayoffGraph, payoffGraph } from "./payoff-graph.js";
import { type FinishedRun, reportFile, runOptions } from "./report-file.js";

const MB = 1_000_000;
/** A book that is edited is held in memory as text and as rows. */
const MOST_BYTES = 20 * MB;
/** The first look: the least that has error bars. */
const LOOK_PATHS = 2048;
/** A look that would take longer than this ends when it has shown something. */
const LOOK_MS = { some: 1500, all: 6000 };
/** Stages double while they are as short as this; then the last one comes at once. */
const SHORT_STAGE_MS = 2000;
const COMPARE_PATHS = 16_384;
const SHOWN_FAULTS = 20;
const EVENT_MS = 100;

interface Stage {
  readonly paths: number;
  readonly trades: ReadonlyMap<string, readonly GreekEstimate[]>;
  readonly totals: readonly Total[];
}

/** The page's engine: files, edits, runs and exports, all off the page's own thread. */
export function openDesk(executor: Executor, { models: bundled }: { readonly models: ModelFiles }) {
  const models = new Map(bundled);
  let market = readMarketText("", "{}", models);
  let book: BookText = { name: "", text: "", columns: [], rows: [], items: [], faults: [] };
  let refused: string[] = [];
  let latest = new Map<string, TradeResult>();
  let stages: Stage[] = [];
  let finished: FinishedRun | null = null;
  let plan: { options: DeskOptions; reached: number } | null = null;
  let signal = { aborted: false };
  let running: Promise<void> = Promise.resolve();

  function inputs(): InputsView {
    const { underlyings, rest } = viewMarket(market, models);
    const faulty = book.rows.filter(({ faults }) => faults.length > 0);
    return {
      book: {
        name: book.name,
        columns: book.columns,
        rows: book.rows.length,
        trades: book.items.filter(({ kind }) => kind === "trade").length,
        faultyRows: faulty.length,
        faults: book.faults.map(describeFailure),
      },
      market: {
        name: market.name,
        text: market.text,
        underlyings,
        faults: rest.slice(0, SHOWN_FAULTS).map(describeFailure),
        models: [...models.keys()].sort(),
      },
      refused,
    };
  }

  async function setBook(name: string, text: string): Promise<void> {
    book = await readBook(name, text, market.reading);
    const ids = new Set(book.items.flatMap((item) => (item.kind === "trade" ? [item.trade.id] : [])));
    latest = new Map([...latest].filter(([id]) => ids.has(id)));
  }

  async function setMarket(name: string, text: string): Promise<void> {
    market = readMarketText(name, text, models);
    await setBook(book.name, book.text);
  }

  async function open(name: string, file: Blob | string): Promise<void> {
    const size = typeof file === "string" ? file.length : file.size;
    if (size > MOST_BYTES) {
      const limit = `a file must have at most ${MOST_BYTES / MB} MB here, got ${(size / MB).toFixed(1)} MB`;
      throw new Refusal(`${limit}; the program on the command line reads any size: grecian greeks ${name}`);
    }
    const text = typeof file === "string" ? file : await file.text();
    const zero = text.indexOf("\0");
    if (zero >= 0) throw new Refusal(`a file must be text, got a byte 0 at position ${zero + 1}`);
    if (!/\.json$/i.test(name) && !/^\s*\{/.test(text)) return openBook(name, text);
    if (/^\s*\{\s*"(\$schema"[^,]*,\s*")?dynamics"/.test(text)) {
      models.set(name.replace(/\.json$/i, ""), text);
      return setMarket(market.name, market.text);
    }
    return openMarket(name, text);
  }

  async function openBook(name: string, text: string): Promise<void> {
    const read = await readBook(name, text, market.reading);
    if (read.rows.length === 0 || read.faults.some(({ reason }) => reason !== "invalid"))
      throw new Refusal(read.faults.map(describeFailure).join("; "));
    latest.clear();
    await setBook(name, text);
  }

  async function openMarket(name: string, text: string): Promise<void> {
    const { reading } = readMarketText(name, text, models);
    if (reading.market === undefined)
      throw new Refusal(reading.failures.slice(0, 3).map(describeFailure).join("; "));
    await setMarket(name, text);
  }

  const groupsOf = (first: string | null) => {
    const groups = new Map<string, BookText["items"][number][]>();
    for (const item of book.items) {
      if (item.kind !== "trade") continue;
      const key = JSON.stringify([item.trade.underlying, item.trade.payoff.dates]);
      groups.set(key, [...(groups.get(key) ?? []), item]);
    }
    const has = (group: BookText["items"]) =>
      group.some((item) => item.kind === "trade" && item.trade.id === first);
    return [...groups.values()].sort((a, b) => Number(has(b)) - Number(has(a)));
  };

  function pointsOf(read: (stage: Stage) => Omit<Point, "paths"> | undefined): readonly Point[] {
    return stages.flatMap((stage) => {
      const found = read(stage);
      if (found === undefined) return [];
      return [{ paths: stage.paths, value: Number(found.value), low: found.low, high: found.high }];
    });
  }

  function view(rest: Pick<ResultsView, "paths" | "seconds" | "state"> & { failures: readonly string[] }) {
    const estimates = [...latest.values()].flatMap((result) => result.estimates);
    const totals = stages.at(-1)?.totals ?? [];
    return {
      ...rest,
      valued: latest.size,
      trades: book.items.filter(({ kind }) => kind === "trade").length,
      flagged: estimates.filter(({ status }) => status !== "ok").length,
      greeks: [...new Set(estimates.map(({ greek }) => greek))],
      totals: totals.map((total) => ({
        ...total,
        points: pointsOf(({ totals: then }) => {
          const found = then.find((other) => keyOfTotal(other) === keyOfTotal(total));
          return found && { ...found, value: Number(found.value) };
        }),
      })),
      exportable: finished !== null,
    } satisfies ResultsView;
  }

  /** The book group by group, with few paths: the first error bars. True when it went through the whole book. */
  async function look(options: DeskOptions, first: string | null, run: RunControl): Promise<boolean> {
    const { market: valued } = market.reading;
    if (valued === undefined) return false;
    const groups = groupsOf(first);
    const start = performance.now();
    const summaries: RunSummary[] = [];
    const failures: string[] = [];
    const trades = new Map<string, readonly GreekEstimate[]>();
    let told = 0;
    for (const [i, group] of groups.entries()) {
      const {
        results,
        failures: faults,
        summary,
      } = await computeGreeks(
        group,
        valued,
        { ...runOptions(options, LOOK_PATHS, false), signal: run.signal },
        executor,
      );
      if (run.signal.aborted) return false;
      summaries.push(summary);
      failures.push(...faults.map(describeFailure));
      for (const result of results) {
        latest.set(result.trade.id, result);
        trades.set(result.trade.id, result.estimates);
      }
      const elapsed = performance.now() - start;
      const isLast = i === groups.length - 1;
      if (isLast) stages = [{ paths: LOOK_PATHS, trades, totals: combined(summaries) }];
      if (isLast || elapsed > told + EVENT_MS) {
        run.events.results(
          view({
            paths: LOOK_PATHS,
            seconds: elapsed / 1000,
            state: "looking",
            failures: failures.slice(0, SHOWN_FAULTS),
          }),
        );
        run.events.progress((i + 1) / groups.length, LOOK_PATHS);
        told = elapsed;
      }
      if (!isLast && elapsed > LOOK_MS.some && (elapsed / (i + 1)) * groups.length > LOOK_MS.all)
        return false;
    }
    return groups.length > 0;
  }

  /** One run of the whole book: what the command line would give for so many paths. */
  async function stage(
    options: DeskOptions,
    paths: number,
    isLast: boolean,
    run: RunControl,
  ): Promise<number> {
    const { reading } = market;
    if (reading.market === undefined) return 0;
    const startedAt = new Date();
    const start = performance.now();
    const inputs = { book, market };
    let told = 0;
    const outcome = await computeGreeks(
      book.items,
      reading.market,
      {
        ...runOptions(options, paths, isLast),
        signal: run.signal,
        onProgress({ fraction }) {
          const now = performance.now();
          if (now < told + EVENT_MS) return;
          told = now;
          run.events.progress(fraction, paths);
        },
      },
      executor,
    );
    if (run.signal.aborted) return 0;
    const seconds = (performance.now() - start) / 1000;
    const { results, failures, summary } = outcome;
    latest = new Map(results.map((result) => [result.trade.id, result]));
    finished = {
      ...outcome,
      ...inputs,
      options: { ...options, paths, precision: isLast ? options.precision : null },
      startedAt,
      seconds,
    };
    const trades = new Map(results.map(({ trade, estimates }) => [trade.id, estimates]));
    const reached = Math.max(
      summary.paths,
      ...results.slice(0, 1).map(({ estimates }) => estimates[0]?.paths ?? 0),
    );
    stages = [
      ...stages.filter((earlier) => earlier.paths < reached),
      { paths: reached, trades, totals: summary.totals },
    ];
    const told2 = failures.filter(
      ({ reason }) => reason !== "parsing" && reason !== "invalid" && reason !== "missing-data",
    );
    run.events.results(
      view({
        paths: reached,
        seconds,
        state: isLast ? "done" : "running",
        failures: told2.slice(0, SHOWN_FAULTS).map(describeFailure),
      }),
    );
    return seconds * 1000;
  }

  async function climb(options: DeskOptions, from: number, isShort: boolean, run: RunControl): Promise<void> {
    let short = isShort;
    for (let paths = from; !run.signal.aborted; paths *= 2) {
      if (!short || paths > options.paths) paths = options.paths;
      const isLast = paths === options.paths;
      const milliseconds = await stage(options, paths, isLast, run);
      if (run.signal.aborted) return;
      plan = { options, reached: paths };
      if (isLast) return;
      short = milliseconds < SHORT_STAGE_MS;
    }
  }

  async function stop(): Promise<void> {
    signal.aborted = true;
    await running;
  }

  /** Ends what runs and starts anew. */
  async function start(work: (signal: { aborted: boolean }) => Promise<void>): Promise<void> {
    signal.aborted = true;
    const mine = { aborted: false };
    signal = mine;
    await running;
    if (mine.aborted) return;
    const ended = work(mine);
    running = ended.catch(() => undefined);
    await ended;
  }

  return {
    async open(
      files: readonly { readonly name: string; readonly file: Blob | string }[],
    ): Promise<InputsView> {
      refused = [];
      // A market first, so that the book beside it finds its underlyings.
      const isJson = ({ name }: { readonly name: string }) => /\.json$/i.test(name);
      for (const { name, file } of [...files].sort((a, b) => Number(isJson(b)) - Number(isJson(a)))) {
        try {
          await open(name, file);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          refused.push(`${name} was not taken: ${error.message}`);
        }
      }
      return inputs();
    },
    rows(first: number, count: number, onlyFaulty: boolean): { rows: readonly RowView[]; count: number } {
      const all = book.rows.map((row, index) => ({ ...row, row: index }));
      const some = onlyFaulty ? all.filter(({ faults }) => faults.length > 0) : all;
      return {
        count: some.length,
        rows: some.slice(first, first + count).map(({ row, firstLine, cells, faults }) => ({
          ...{ row, line: firstLine, cells },
          faults: faults.map(({ where, message }) => ({ column: String(where?.column ?? ""), message })),
        })),
      };
    },
    async editCell(row: number, column: number, cell: string): Promise<InputsView> {
      await setBook(book.name, withCell(book, row, column, cell));
      return inputs();
    },
    async removeRow(row: number): Promise<InputsView> {
      await setBook(book.name, withoutRow(book, row));
      return inputs();
    },
    async addTrade(trade: Readonly<Record<string, string>>): Promise<InputsView> {
      await setBook(book.name, withTrade(book, trade));
      return inputs();
    },
    async editMarket(path: NumberPath, typed: string): Promise<InputsView> {
      await setMarket(market.name, withNumber(market, models, path, typed));
      return inputs();
    },
    async chooseModel(underlying: string, model: string): Promise<InputsView> {
      await setMarket(market.name, withNamedModel(market.text, underlying, model));
      return inputs();
    },
    async editMarketText(text: string): Promise<InputsView> {
      await setMarket(market.name, text);
      return inputs();
    },

    /** The book with few paths; `first` is the trade that is looked at. */
    look(options: DeskOptions, first: string | null, events: DeskEvents): Promise<void> {
      return start(async (signal) => {
        await look(options, first, { signal, events });
      });
    },
    /** Ever more paths, up to those of the options. */
    run(options: DeskOptions, first: string | null, events: DeskEvents): Promise<void> {
      return start(async (signal) => {
        stages = [];
        finished = null;
        plan = { options, reached: 0 };
        const began = performance.now();
        const whole = await look(options, first, { signal, events });
        if (whole) plan = { options, reached: LOOK_PATHS };
        const isShort = whole && performance.now() - began < SHORT_STAGE_MS;
        if (!signal.aborted)
          await climb(options, Math.min(options.paths, 2 * LOOK_PATHS), isShort, { signal, events });
      });
    },
    /** On from where it stopped; twice as far when it had arrived. */
    continue(events: DeskEvents): Promise<void> {
      return start(async (signal) => {
        if (plan === null) return;
        const { reached } = plan;
        const paths = reached >= plan.options.paths ? 2 * reached : plan.options.paths;
        plan = { options: { ...plan.options, paths }, reached };
        await climb(plan.options, Math.max(2 * reached, LOOK_PATHS), true, { signal, events });
      });
    },
    stop,
    target: (): number => plan?.options.paths ?? 0,

    trades(query: {
      greek: string;
      filter: string;
      sort: SortKey;
      down: boolean;
      first: number;
      count: number;
    }) {
      const words = query.filter.toLowerCase().split(/\s+/).filter(Boolean);
      const rows = book.items.flatMap((item): TradeRow[] => {
        if (item.kind !== "trade") return [];
        const { id, product, underlying } = item.trade;
        const text = `${id} ${product} ${underlying} ${item.trade.book}`.toLowerCase();
        if (!words.every((word) => text.includes(word))) return [];
        const estimate = latest.get(id)?.estimates.find(({ greek }) => greek === query.greek) ?? null;
        return [{ id, product, underlying, estimate }];
      });
      if (query.sort !== "book") rows.sort(orderBy(query.sort, query.down));
      return { count: rows.length, rows: rows.slice(query.first, query.first + query.count) };
    },
    trade(id: string): TradeView | null {
      const item = book.items.find((item) => item.kind === "trade" && item.trade.id === id);
      if (item?.kind !== "trade") return null;
      const { product, underlying, quantity, payoff } = item.trade;
      const { spot, currency } = market.reading.market!.underlyings.get(underlying)!;
      return {
        ...{ id, product, underlying, currency, quantity },
        estimates: (latest.get(id)?.estimates ?? []).map((estimate) => ({
          ...estimate,
          points: pointsOf(({ trades }) => trades.get(id)?.find(({ greek }) => greek === estimate.greek)),
        })),
        graph: payoffGraph(payoff, spot),
      };
    },
    async compare(id: string, options: DeskOptions): Promise<Comparisons> {
      const item = book.items.find((item) => item.kind === "trade" && item.trade.id === id);
      if (item === undefined || market.reading.market === undefined) return { rows: [], obstacles: [] };
      const { rows, failures, obstacles } = await compareEstimators(
        [item],
        market.reading.market,
        runOptions(options, COMPARE_PATHS, false),
        {
          estimators: [
            "likelihood-ratio-raw",
            "likelihood-ratio",
            "conditional",
            "pathwise",
            "finite-difference",
          ],
          clock: () => performance.now() / 1000,
        },
      );
      return {
        rows: rows.map(({ greek, unit, estimator, bias, value, standardError, relativeWork }) => ({
          ...{ greek, unit, estimator, bias, value, standardError, relativeWork },
        })),
        obstacles: [
          ...new Set([...failures.map(describeFailure), ...obstacles.map(({ message }) => message)]),
        ],
      };
    },
    /** The graph of a formula that is being written, or what is wrong with it. */
    payoff(terms: {
      underlying: string;
      formula: string;
      observations: string;
      expiry: string;
    }): PayoffGraph | string {
      const spot = market.reading.market?.underlyings.get(terms.underlying)?.spot;
      if (spot === undefined) return "Choose an underlying that the market holds.";
      const expiry = Number(terms.expiry);
      if (!(expiry > 0 && expiry <= 100)) return `expiry must be > 0 and <= 100 years, got ${terms.expiry}`;
      const count = terms.observations.trim() === "" ? 0 : Number(terms.observations);
      if (!(Number.isInteger(count) && count >= 0 && count <= 1000))
        return `observations must be a whole number from 1 to 1000, or empty, got ${terms.observations}`;
      const observations = Array.from({ length: count }, (_, i) => (expiry * (i + 1)) / count);
      try {
        return payoffGraph(products.custom!.payoff({ payoff: terms.formula, observations }, expiry), spot);
      } catch (error) {
        if (error instanceof TermsError) return error.message;
        throw error;
      }
    },

    /** A file as the command line writes it, or one of the inputs as it now is. */
    async file(name: string): Promise<Blob | null> {
      if (name === "book.csv") return new Blob([book.text], { type: "text/csv" });
      if (name === "market.json") return new Blob([market.text], { type: "application/json" });
      return finished === null ? null : reportFile(name, finished);
    },
  };
}

export type Desk = ReturnType<typeof openDesk>;

/** A file that is not taken, in words. */
class Refusal extends Error {}

interface RunControl {
  readonly signal: { readonly aborted: boolean };
  readonly events: DeskEvents;
}

/** Groups have random numbers of their own: their errors add in squares. */
function combined(summaries: readonly RunSummary[]): readonly Total[] {
  const totals = new Map<string, Total>();
  for (const total of summaries.flatMap((summary) => summary.totals)) {
    const key = keyOfTotal(total);
    const before = totals.get(key);
    if (before === undefined) {
      totals.set(key, total);
      continue;
    }
    const value = Number(before.value) + Number(total.value);
    const half = Math.hypot(before.high - before.low, total.high - total.low) / 2;
    totals.set(key, {
      ...before,
      value: String(value),
      standardError: Math.hypot(before.standardError, total.standardError),
      low: value - half,
      high: value + half,
      trades: before.trades + total.trades,
    });
  }
  return [...totals.values()];
}

function keyOfTotal({ book, underlying, currency, greek, unit }: Total): string {
  return JSON.stringify([book, underlying, currency, greek, unit]);
}

function orderBy(sort: Exclude<SortKey, "book">, down: boolean): (a: TradeRow, b: TradeRow) => number {
  const numbers = {
    value: ({ estimate }: TradeRow) => estimate?.value,
    error: ({ estimate }: TradeRow) => estimate?.standardError,
    position: ({ estimate }: TradeRow) => estimate && Number(estimate.positionValue),
  };
  const sign = down ? -1 : 1;
  if (sort === "id" || sort === "product" || sort === "underlying")
    return (a, b) => sign * a[sort].localeCompare(b[sort], "en", { numeric: true });
  const read = numbers[sort];
  return (a, b) => sign * ((read(a) ?? -Infinity) - (read(b) ?? -Infinity) || 0);
}
