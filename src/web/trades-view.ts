import type { GreekEstimate } from "../index.js";
import { convergenceChart, payoffChart } from "./chart.js";
import type { Choices, Comparisons, ResultsView, SortKey, TradeRow, TradeView } from "./desk-views.js";
import { byId, h, latestOnly, options, svg } from "./dom.js";
import { shown } from "./numbers.js";
import type { Page } from "./page.js";

const PAGE = 20;

interface Column {
  /** Absent where rows cannot be sorted by it. */
  readonly key?: SortKey;
  readonly name: string;
  readonly isNumber?: true;
}

const COLUMNS: readonly Column[] = [
  { key: "id", name: "Trade" },
  { key: "value", name: "Value", isNumber: true },
  { key: "error", name: "Std. error", isNumber: true },
  { name: "Unit" },
  { name: "95 % interval" },
  { key: "position", name: "Position", isNumber: true },
  { key: "product", name: "Product" },
  { key: "underlying", name: "Underlying" },
  { name: "How" },
];

export interface TradesView {
  results(view: ResultsView): void;
  /** The book has changed. */
  refresh(): void;
  selected(): string | null;
}

/** The trades with one Greek each, and all there is to say of the chosen one. */
export function openTradesView(page: Page): TradesView {
  const table = byId("trades");
  const greek = byId<HTMLSelectElement>("greek");
  const filter = byId<HTMLInputElement>("filter");
  const [back, forth] = [byId<HTMLButtonElement>("trades-back"), byId<HTMLButtonElement>("trades-forth")];
  const detail = byId("trade");
  let first = 0;
  let sort: SortKey = "book";
  let down = false;
  let selected: string | null = null;
  let detailGreek = "price";

  const heads = COLUMNS.map(({ key, name, isNumber }) =>
    h(
      "th",
      { scope: "col", class: isNumber ? "number" : undefined, "aria-sort": key && "none" },
      key === undefined ? name : h("button", { type: "button", click: () => order(key) }, name),
    ),
  );
  table.querySelector("thead")!.append(h("tr", {}, ...heads));

  function order(key: SortKey): void {
    down = sort === key && !down;
    sort = key;
    for (const [i, head] of heads.entries()) {
      const isSorted = COLUMNS[i]!.key === key;
      if (COLUMNS[i]!.key !== undefined)
        head.setAttribute("aria-sort", isSorted ? (down ? "descending" : "ascending") : "none");
    }
    first = 0;
    refresh();
  }

  const refreshLatest = latestOnly(async () => {
    const query = { greek: greek.value, filter: filter.value, sort, down, first, count: PAGE };
    const { rows, count } = await page.desk.trades(query);
    const widest = Math.max(...rows.map(({ estimate }) => (estimate === null ? 0 : relativeReach(estimate))));
    heads[4]!.textContent = widest > 0 ? `95 %: full width ±${percent(widest)}` : "95 % interval";
    const focused = (document.activeElement as HTMLElement | null)?.dataset.trade;
    table.querySelector("tbody")!.replaceChildren(...rows.map((row) => line(row, widest)));
    if (focused !== undefined)
      table.querySelector<HTMLElement>(`[data-trade="${CSS.escape(focused)}"]`)?.focus();
    back.disabled = first === 0;
    forth.disabled = first + PAGE >= count;
    byId("trades-page").textContent =
      count === 0
        ? "no trades"
        : `${first + 1} to ${Math.min(first + PAGE, count)} of ${count.toLocaleString("en")}`;
    const unit = rows.find(({ estimate }) => estimate !== null)?.estimate?.unit;
    table.setAttribute("aria-label", `${greek.value} of every trade${unit === undefined ? "" : `, ${unit}`}`);
    if (selected !== null) await showTrade(selected);
  });
  const refresh = () => void refreshLatest();

  function line({ id, product, underlying, estimate }: TradeRow, widest: number): HTMLElement {
    const numbers =
      estimate === null ? { value: "", error: "" } : shown(estimate.value, estimate.standardError);
    const position =
      estimate === null ? "" : shown(Number(estimate.positionValue), estimate.positionStandardError).value;
    const isFlagged = estimate !== null && estimate.status !== "ok";
    const choose = () => {
      selected = selected === id ? null : id;
      if (selected === null) detail.replaceChildren();
      refresh();
    };
    return h(
      "tr",
      { class: selected === id ? "chosen" : undefined },
      h(
        "th",
        { scope: "row" },
        h(
          "button",
          {
            type: "button",
            class: "choose",
            "data-trade": id,
            "aria-pressed": String(selected === id),
            click: choose,
          },
          id,
        ),
      ),
      h("td", { class: "number" }, numbers.value),
      h("td", { class: "number soft" }, numbers.error),
      h("td", { class: "soft" }, estimate?.unit ?? ""),
      h("td", {}, estimate === null ? null : intervalMark(relativeReach(estimate) / (widest || 1))),
      h("td", { class: "number" }, position),
      h("td", {}, product),
      h("td", {}, underlying),
      h(
        "td",
        { class: isFlagged ? "flag" : "soft how", title: estimate?.note || undefined },
        estimate === null ? "" : isFlagged ? `${estimate.status}: ${estimate.note}` : estimate.estimator,
      ),
    );
  }

  async function showTrade(id: string): Promise<void> {
    const trade = await page.desk.trade(id);
    if (selected !== id) return;
    if (trade === null) detail.replaceChildren();
    else detail.replaceChildren(tradeDetail(trade));
    for (const draw of drawings) draw();
  }

  /** The comparison of each trade that was asked for, done or under way: it outlives the detail it is shown in. */
  const comparisons = new Map<string, HTMLElement>();
  /** Charts are drawn when their place has a width. */
  let drawings: (() => void)[] = [];

  function tradeDetail(trade: TradeView): HTMLElement {
    drawings = [];
    const { estimates } = trade;
    const chosen = estimates.find((estimate) => estimate.greek === detailGreek) ?? estimates[0];
    const convergence = h("div", { class: "chart" });
    const payoff = h("div", { class: "chart" });
    drawings.push(() => {
      if (chosen !== undefined && chosen.points.length > 0)
        convergence.replaceChildren(convergenceChart(chosen.points, chosen.unit, convergence.clientWidth));
      if (typeof trade.graph === "string") payoff.replaceChildren(h("p", { class: "soft" }, trade.graph));
      else payoff.replaceChildren(payoffChart(trade.graph, trade.currency, payoff.clientWidth));
    });
    const rows = estimates.map((estimate) => {
      const { value, error } = shown(estimate.value, estimate.standardError);
      const choose = () => {
        detailGreek = estimate.greek;
        void showTrade(trade.id);
      };
      return h(
        "tr",
        {},
        h(
          "th",
          { scope: "row" },
          h(
            "button",
            { type: "button", class: "choose", "aria-pressed": String(estimate === chosen), click: choose },
            estimate.greek,
          ),
        ),
        h("td", { class: "number" }, value),
        h("td", { class: "number soft" }, error),
        h("td", { class: "soft unit" }, estimate.unit),
        h("td", { class: estimate.status === "ok" ? "soft" : "flag" }, how(estimate)),
      );
    });
    const note = typeof trade.graph === "string" || trade.graph.note === "" ? "" : `, ${trade.graph.note}`;
    const comparison = comparisons.get(trade.id);
    const compare = () => {
      const place = h("div", { class: "comparison", role: "status" }, "Comparing…");
      comparisons.set(trade.id, place);
      void showTrade(trade.id);
      void Promise.all([page.desk.compare(trade.id, page.options()), page.choices]).then(([found, choices]) =>
        place.replaceChildren(comparisonTable(found, choices)),
      );
    };
    return h(
      "section",
      { class: "detail", "aria-label": `trade ${trade.id}` },
      h(
        "h3",
        {},
        `${trade.id} `,
        h("span", { class: "soft" }, `${trade.product} on ${trade.underlying}, quantity ${trade.quantity}`),
      ),
      h(
        "div",
        { class: "wide", tabindex: "0", role: "region", "aria-label": `Greeks of ${trade.id}` },
        h(
          "table",
          {},
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              ...["Greek", "Value", "Std. error", "Unit", "How"].map((name, i) =>
                h("th", { scope: "col", class: i === 1 || i === 2 ? "number" : undefined }, name),
              ),
            ),
          ),
          h("tbody", {}, ...rows),
        ),
      ),
      h(
        "div",
        { class: "split" },
        h("figure", {}, h("figcaption", {}, `${chosen?.greek ?? ""} against paths`), convergence),
        h("figure", {}, h("figcaption", {}, `Payoff at expiry${note}`), payoff),
      ),
      comparison ?? h("button", { type: "button", click: compare }, "Compare estimators"),
    );
  }
  greek.addEventListener("change", refresh);
  filter.addEventListener("input", () => {
    first = 0;
    refresh();
  });
  back.addEventListener("click", () => {
    first = Math.max(0, first - PAGE);
    refresh();
  });
  forth.addEventListener("click", () => {
    first += PAGE;
    refresh();
  });
  addEventListener("resize", () => {
    for (const draw of drawings) draw();
  });
  return {
    results(view) {
      comparisons.clear();
      options(greek, view.greeks.length === 0 ? ["price"] : view.greeks);
      refresh();
    },
    refresh() {
      first = 0;
      comparisons.clear();
      refresh();
    },
    selected: () => selected,
  };
}

function how({ estimator, gain, status, note }: TradeView["estimates"][number]): string {
  if (status !== "ok") return `${status}: ${note}`;
  return gain === null || gain <= 1 || !Number.isFinite(gain)
    ? estimator
    : `${estimator}, gain ${gain.toPrecision(2)}`;
}

/** Half of the interval over the value, at most 1. */
function relativeReach({ value, low, high }: GreekEstimate): number {
  const reach = (high - low) / 2 / Math.abs(value);
  return reach < 1 ? reach : Number(high > low);
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

/** A dot with its interval; rows have the relative errors as their common scale, as values differ by orders. */
function intervalMark(reach: number): SVGSVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 120 16", width: 120, height: 16, class: "mark", "aria-hidden": "true" },
    svg("line", { x1: 60 - 56 * reach, x2: 60 + 56 * reach, y1: 8, y2: 8 }),
    svg("circle", { cx: 60, cy: 8, r: 2.5 }),
  );
}

function comparisonTable({ rows, obstacles }: Comparisons, { estimators }: Choices): HTMLElement {
  const cells = rows.map(({ greek, unit, estimator, bias, value, standardError, relativeWork }) => {
    const numbers = shown(value, standardError);
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, greek),
      h("td", {}, bias === null ? estimator : `${estimator} (biased)`),
      h("td", { class: "number" }, numbers.value),
      h("td", { class: "number soft" }, numbers.error),
      h("td", { class: "soft" }, unit),
      h("td", { class: "number" }, relativeWork.toPrecision(2)),
    );
  });
  const names = ["Greek", "Estimator", "Value", "Std. error", "Unit", "Variance × time"];
  return h(
    "div",
    {},
    h(
      "div",
      { class: "wide", tabindex: "0", role: "region", "aria-label": "comparison of estimators" },
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ...names.map((name, i) =>
              h("th", { scope: "col", class: [2, 3, 5].includes(i) ? "number" : undefined }, name),
            ),
          ),
        ),
        h("tbody", {}, ...cells),
      ),
    ),
    h("p", { class: "soft" }, "Variance × time, of the first estimator's; smaller is better."),
    h(
      "details",
      {},
      h("summary", {}, "What the estimators do"),
      h("dl", {}, ...estimators.flatMap(({ name, meaning }) => [h("dt", {}, name), h("dd", {}, meaning)])),
    ),
    h("ul", { class: "faults" }, ...obstacles.map((message) => h("li", {}, message))),
  );
}
