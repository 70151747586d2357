import { wrap } from "comlink";
import exampleBook from "../../data/book.csv?raw";
import exampleMarket from "../../data/market.json?raw";
import { openBookView } from "./book-view.js";
import type { Desk } from "./desk.js";
import type { InputsView, ResultsView } from "./desk-views.js";
import { byId, h, nextTask } from "./dom.js";
import engine from "./engine.js?worker-text";
import { openMarketView } from "./market-view.js";
import type { Page } from "./page.js";
import { openPayoffView } from "./payoff-view.js";
import { openRunView, showFiles } from "./run-view.js";
import { openTotalsView } from "./totals-view.js";
import { openTradesView } from "./trades-view.js";

const FILES = [
  "greeks.csv",
  "totals.csv",
  "errors.csv",
  "report.md",
  "report.html",
  "results.json",
  "run.json",
];
const INPUTS = ["book.csv", "market.json"];
const EXAMPLE = [
  { name: "market.json", file: exampleMarket },
  { name: "book.csv", file: exampleBook },
];

/** i8x16.splat and i8x16.popcnt, as in every test of this kind: valid where there is SIMD. */
const SIMD = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15],
  ...[253, 98, 11],
]);

function start(): void {
  const worker = new Worker(URL.createObjectURL(new Blob([engine])), { name: "desk" });
  worker.postMessage(engine);
  worker.addEventListener("error", ({ message }) =>
    tell(`The engine ended: ${message || "it did not start"}`),
  );
  const desk = wrap<Desk>(worker);
  const page: Page = { desk, choices: desk.choices(), options: () => run.options(), changed, tell };

  const totals = openTotalsView();
  const trades = openTradesView(page);
  const run = openRunView(page, { onResults, selected: trades.selected });
  const views = [showFiles, openMarketView(page), openBookView(page), openPayoffView(page)];

  async function onResults(view: ResultsView): Promise<void> {
    totals(view);
    await nextTask();
    trades.results(view);
    for (const name of FILES) byId<HTMLButtonElement>(`export-${name}`).disabled = !view.exportable;
    byId("images").replaceChildren(...view.images.map((name) => exportButton(name)));
  }

  function exportButton(name: string, { disabled = false } = {}): HTMLButtonElement {
    const button = h("button", { type: "button", id: `export-${name}`, disabled, click }, name);
    async function click(): Promise<void> {
      if (button.ariaBusy === "true") return;
      // The page has runs of its own.
      button.ariaBusy = "true";
      try {
        save(name, await desk.file(name));
      } finally {
        button.ariaBusy = "false";
      }
    }
    return button;
  }

  function changed(inputs: InputsView, how: "dragging" | "done"): void {
    for (const show of views) show(inputs);
    if (how === "dragging") run.look();
    else {
      trades.refresh();
      run.run();
    }
  }

  async function open(files: readonly { readonly name: string; readonly file: Blob | string }[]) {
    const { dataset } = document.body;
    const { state = "" } = dataset;
    dataset.state = "reading";
    const inputs = await desk.open(files);
    if (inputs.refused.length < files.length) {
      changed(inputs, "done");
      return;
    }
    // What was refused changes nothing.
    if (dataset.state === "reading") dataset.state = state;
    showFiles(inputs);
  }
  const openList = (list: FileList) => void open([...list].map((file) => ({ name: file.name, file })));

  byId("example").addEventListener("click", () => void open(EXAMPLE));
  const pick = byId<HTMLInputElement>("pick");
  pick.addEventListener("change", () => {
    if (pick.files !== null) openList(pick.files);
    pick.value = "";
  });
  addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dragging");
  });
  addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) document.body.classList.remove("dragging");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dragging");
    if (event.dataTransfer !== null && event.dataTransfer.files.length > 0)
      openList(event.dataTransfer.files);
  });

  byId("exports").append(
    ...FILES.map((name) => exportButton(name, { disabled: true })),
    ...INPUTS.map((name) => exportButton(name)),
  );
  void open(EXAMPLE);
}

function save(name: string, blob: Blob | null): void {
  if (blob === null) {
    tell(`${name} comes with the first complete pass.`);
    return;
  }
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function tell(message: string): void {
  byId("notice").append(h("p", {}, message));
}

addEventListener("unhandledrejection", ({ reason }) =>
  tell(`Something went wrong: ${reason instanceof Error ? reason.message : reason}`),
);
if (typeof WebAssembly === "undefined" || !WebAssembly.validate(SIMD))
  tell(
    "This browser cannot compute here: it has no WebAssembly with SIMD. Chrome 91, Firefox 89 and Safari 16.4 were the first that have.",
  );
else start();
