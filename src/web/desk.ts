import {
  COMPARED,
  compareEstimators,
  describeFailure,
  ESTIMATOR_MEANINGS,
  type Executor,
  products,
  TermsError,
} from "../index.js";
import type { Choices, Comparisons, DeskOptions, SortKey, TradeRow, TradeView } from "./desk-views.js";
import { type NamedFile, openInputs } from "./inputs.js";
import type { ModelFiles } from "./market-text.js";
import { type PayoffGraph, payoffGraph } from "./payoff-graph.js";
import { reportFile, runOptions } from "./report-file.js";
import { openRuns } from "./runs.js";

const COMPARE_PATHS = 16_384;
const MOST_OBSERVATIONS = 1000;

/** The page's engine: files, edits, runs and exports, all off the page's own thread. */
export function openDesk(executor: Executor, models: ModelFiles) {
  const { book, market, ...inputs } = openInputs(models);
  const { clear, latest, points, finished, ...runs } = openRuns(executor, { book, market, ...inputs });

  /** Files being read: runs wait for them. */
  let opening: Promise<unknown> = Promise.resolve();

  const tradeOf = (id: string) => {
    const item = book().items.find((item) => item.kind === "trade" && item.trade.id === id);
    return item?.kind === "trade" ? item : null;
  };
  const underlyingOf = (name: string) => market().reading.market?.underlyings.get(name);

  return {
    ...inputs,
    ...runs,
    choices: (): Choices => ({ products: Object.keys(products), estimators: ESTIMATOR_MEANINGS }),
    async open(files: readonly NamedFile[]) {
      const opened = opening.then(() => inputs.open(files));
      opening = opened.catch(() => undefined);
      const view = await opened;
      if (view.refused.length < files.length) clear();
      return view;
    },
    async look(...args: Parameters<typeof runs.look>) {
      await opening;
      await runs.look(...args);
    },
    async run(...args: Parameters<typeof runs.run>) {
      await opening;
      await runs.run(...args);
    },

    /** Trades with their estimate of one Greek. */
    trades(query: {
      readonly greek: string;
      readonly filter: string;
      readonly sort: SortKey;
      readonly down: boolean;
      readonly first: number;
      readonly count: number;
    }) {
      const words = query.filter.toLowerCase().split(/\s+/).filter(Boolean);
      const rows = book().items.flatMap((item): TradeRow[] => {
        if (item.kind !== "trade") return [];
        const { id, product, underlying } = item.trade;
        const text = `${id} ${product} ${underlying} ${item.trade.book}`.toLowerCase();
        if (!words.every((word) => text.includes(word))) return [];
        const estimate = latest(id).find(({ greek }) => greek === query.greek) ?? null;
        return [{ id, product, underlying, estimate }];
      });
      if (query.sort !== "book") rows.sort(orderBy(query.sort, query.down));
      return { count: rows.length, rows: rows.slice(query.first, query.first + query.count) };
    },

    trade(id: string): TradeView | null {
      const item = tradeOf(id);
      if (item === null) return null;
      const { product, underlying, quantity, payoff } = item.trade;
      const { spot, currency } = underlyingOf(underlying)!;
      return {
        ...{ id, product, underlying, currency, quantity },
        estimates: latest(id).map((estimate) => ({ ...estimate, points: points(id, estimate.greek) })),
        graph: payoffGraph(payoff, spot),
      };
    },

    /** One trade by every estimator, by variance × time. */
    async compare(id: string, options: DeskOptions): Promise<Comparisons> {
      const item = tradeOf(id);
      const { market: valued } = market().reading;
      if (item === null || valued === undefined) return { rows: [], obstacles: [] };
      const { rows, failures, obstacles } = await compareEstimators(
        [item],
        valued,
        runOptions(options, COMPARE_PATHS, false),
        { estimators: COMPARED, clock: () => performance.now() / 1000 },
      );
      const messages = [...failures.map(describeFailure), ...obstacles.map(({ message }) => message)];
      return { rows, obstacles: [...new Set(messages)] };
    },

    /** The graph of a formula that is being written, or what is wrong with it. */
    payoff(terms: {
      readonly underlying: string;
      readonly formula: string;
      readonly observations: string;
      readonly expiry: string;
    }): PayoffGraph | string {
      const spot = underlyingOf(terms.underlying)?.spot;
      if (spot === undefined) return "underlying must be one that the market holds";
      const expiry = Number(terms.expiry);
      if (!(expiry > 0 && expiry <= 100)) return `expiry must be > 0 and <= 100 years, got ${terms.expiry}`;
      const count = Number(terms.observations);
      if (!(Number.isInteger(count) && count >= 0 && count <= MOST_OBSERVATIONS))
        return `observations must be a whole number up to ${MOST_OBSERVATIONS}, or empty, got ${terms.observations}`;
      const observations = Array.from({ length: count }, (_, i) => (expiry * (i + 1)) / count);
      try {
        return payoffGraph(products.custom!.payoff({ payoff: terms.formula, observations }, expiry), spot);
      } catch (error) {
        if (error instanceof TermsError) return error.message;
        throw error;
      }
    },

    /** A file as the command line writes it, or one of the inputs as it now is; null before the first complete pass. */
    async file(name: string): Promise<Blob | null> {
      if (name === "book.csv") return new Blob([book().text], { type: "text/csv" });
      if (name === "market.json") return new Blob([market().text], { type: "application/json" });
      const run = finished();
      return run === null ? null : reportFile(name, run, executor);
    },
  };
}

export type Desk = ReturnType<typeof openDesk>;

function orderBy(sort: Exclude<SortKey, "book">, down: boolean): (a: TradeRow, b: TradeRow) => number {
  const sign = down ? -1 : 1;
  if (sort === "id" || sort === "product" || sort === "underlying")
    return (a, b) => sign * a[sort].localeCompare(b[sort], "en", { numeric: true });
  const read = ({ estimate }: TradeRow): number => {
    if (estimate === null) return -Infinity;
    if (sort === "position") return Number(estimate.positionValue);
    return sort === "value" ? estimate.value : estimate.standardError;
  };
  return (a, b) => sign * (read(a) - read(b) || 0);
}
