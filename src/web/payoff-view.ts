import { payoffChart } from "./chart.js";
import type { InputsView } from "./desk-views.js";
import { byId, latestOnly, options } from "./dom.js";
import type { Page } from "./page.js";
import type { PayoffGraph } from "./payoff-graph.js";

/** A formula with its graph as it is written, and the way into the book. */
export function openPayoffView(page: Page): (inputs: InputsView) => void {
  const form = byId<HTMLFormElement>("payoff");
  const underlying = form.elements.namedItem("underlying") as HTMLSelectElement;
  const formula = form.elements.namedItem("formula") as HTMLInputElement;
  const chart = byId("payoff-chart");
  let inputs: InputsView | null = null;
  let graph: PayoffGraph | null = null;

  const read = () =>
    Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  const currency = () =>
    inputs?.market.underlyings.find(({ name }) => name === underlying.value)?.currency ?? "";

  function draw(): void {
    if (graph === null) return;
    chart.replaceChildren(payoffChart(graph, currency(), chart.clientWidth || 320));
    byId("payoff-caption").textContent = `Paid at expiry${graph.note === "" ? "" : `, ${graph.note}`}`;
  }

  const update = latestOnly(async () => {
    const { formula: text = "", observations = "", expiry = "" } = read();
    const found = await page.desk.payoff({
      underlying: underlying.value,
      formula: text,
      observations,
      expiry,
    });
    const fault = typeof found === "string" ? found : "";
    byId("payoff-fault").textContent = fault;
    formula.setAttribute("aria-invalid", String(fault !== ""));
    if (typeof found !== "string") graph = found;
    chart.classList.toggle("stale", fault !== "");
    draw();
  });

  form.addEventListener("input", () => void update());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { formula: payoff = "", ...rest } = read();
    const trade = { ...rest, trade_id: `PAGE-${Date.now().toString(36)}`, product: "custom", payoff };
    page.changed(await page.desk.addTrade(trade), "done");
  });
  addEventListener("resize", draw);
  return (next) => {
    const isFirst = inputs === null;
    inputs = next;
    const names = next.market.underlyings.map(({ name }) => name);
    options(underlying, names);
    if (isFirst && names.includes("ACME")) underlying.value = "ACME";
    void update();
  };
}
