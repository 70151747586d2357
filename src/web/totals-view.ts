import { convergenceChart } from "./chart.js";
import type { ResultsView, TotalView } from "./desk-views.js";
import { byId, h, options } from "./dom.js";
import { shown } from "./numbers.js";

/** Sums over the book, Greek by Greek, and how the chosen one came about. */
export function openTotalsView(): (view: ResultsView) => void {
  const underlying = byId<HTMLSelectElement>("totals-underlying");
  const body = byId("totals").querySelector("tbody")!;
  let totals: readonly TotalView[] = [];
  let greek = "price";

  function show(): void {
    const whole = totals.filter(({ book }) => book === "*");
    options(underlying, [...new Set(whole.map(({ underlying: name }) => name))], (name) =>
      name === "*" ? "(all)" : name,
    );
    const rows = whole.filter((total) => total.underlying === underlying.value);
    if (!rows.some((total) => total.greek === greek)) greek = rows[0]?.greek ?? greek;
    body.replaceChildren(...rows.map(row));
    const chosen = rows.find((total) => total.greek === greek);
    byId("totals-caption").textContent =
      chosen === undefined ? "" : `${chosen.greek}, ${chosen.trades} trades`;
    const chart = byId("totals-chart");
    if (chosen === undefined || chosen.points.length === 0)
      chart.replaceChildren(
        h("p", { class: "soft" }, "Totals come with the first pass over the whole book."),
      );
    else chart.replaceChildren(convergenceChart(chosen.points, chosen.unit, chart.clientWidth || 320));
  }

  function row(total: TotalView): HTMLElement {
    const { value, error } = shown(Number(total.value), total.standardError);
    const choose = () => {
      greek = total.greek;
      show();
      body.querySelector<HTMLElement>("[aria-pressed=true]")?.focus();
    };
    return h(
      "tr",
      {},
      h(
        "th",
        { scope: "row" },
        h(
          "button",
          { type: "button", class: "choose", "aria-pressed": String(total.greek === greek), click: choose },
          total.greek,
        ),
      ),
      h("td", { class: "number" }, value),
      h("td", { class: "number soft" }, error),
      h("td", { class: "soft unit" }, total.unit),
    );
  }

  underlying.addEventListener("change", show);
  addEventListener("resize", show);
  return (view) => {
    if (view.totals.length > 0 || view.state === "done") totals = view.totals;
    show();
  };
}
