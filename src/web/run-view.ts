import { proxy } from "comlink";
import type { Choices, DeskEvents, DeskOptions, InputsView, ResultsView } from "./desk-views.js";
import { byId, h, latestOnly, options } from "./dom.js";
import type { Page } from "./page.js";

const PATHS = Array.from({ length: 11 }, (_, i) => 2 ** (12 + i));
const USUAL_PATHS = 2 ** 16;

export interface RunView {
  options(): DeskOptions;
  run(): void;
  look(): void;
}

/** Run, stop, continue; what is being done and how far it is. */
export function openRunView(
  page: Page,
  {
    onResults,
    selected,
  }: { readonly onResults: (view: ResultsView) => Promise<void>; readonly selected: () => string | null },
): RunView {
  const form = byId<HTMLFormElement>("options");
  const paths = form.elements.namedItem("paths") as HTMLSelectElement;
  options(paths, PATHS.map(String), (value) => Number(value).toLocaleString("en"));
  paths.value = String(USUAL_PATHS);
  const estimator = form.elements.namedItem("estimator") as HTMLSelectElement;
  void page.choices.then(({ estimators }) => {
    options(
      estimator,
      estimators.map(({ name }) => name),
    );
    const explain = () => {
      byId("estimator-meaning").textContent = meaningOf(estimators[estimator.selectedIndex]!);
    };
    explain();
    estimator.addEventListener("change", explain);
  });
  const [run, stop, more] = ["run", "stop", "continue"].map((id) => byId<HTMLButtonElement>(id)) as [
    HTMLButtonElement,
    HTMLButtonElement,
    HTMLButtonElement,
  ];
  const progress = byId<HTMLProgressElement>("progress");
  const status = byId("status");
  let last: ResultsView | null = null;
  let isDone = false;
  let wanted = 0;

  function read(): DeskOptions {
    const data = new FormData(form);
    const text = (name: string) => String(data.get(name));
    return {
      greeks: text("greeks") as DeskOptions["greeks"],
      estimator: text("estimator") as DeskOptions["estimator"],
      paths: Number(text("paths")),
      precision: text("precision") === "" ? null : Number(text("precision")),
      sampler: text("sampler") as DeskOptions["sampler"],
      profile: text("profile") as DeskOptions["profile"],
      seed: text("seed"),
    };
  }

  async function show(view: ResultsView): Promise<void> {
    last = view;
    isDone = view.state === "done";
    byId("failures").replaceChildren(...view.failures.map((failure) => h("li", {}, failure)));
    await onResults(view);
  }

  const events: DeskEvents = {
    results: show,
    progress(fraction, paths) {
      progress.value = fraction;
      status.textContent = `${paths.toLocaleString("en")} paths, ${Math.round(100 * fraction)} %`;
    },
  };

  /** Runs one job after the other; only the newest of those that wait. */
  const work = latestOnly(async (job: (events: DeskEvents) => Promise<void>, number: number) => {
    if (number !== wanted) return;
    stop.disabled = false;
    more.disabled = true;
    progress.value = 0;
    isDone = false;
    document.body.dataset.state = "running";
    try {
      await job(proxy(events));
    } catch (error) {
      page.tell(`The run ended: ${error instanceof Error ? error.message : error}`);
    }
    if (number !== wanted) return;
    document.body.dataset.state = isDone ? "done" : "stopped";
    stop.disabled = true;
    more.disabled = last === null;
    more.textContent = isDone ? "Twice the paths" : "Continue";
    progress.value = isDone ? 1 : progress.value;
    status.textContent = last === null ? "" : `${isDone ? "" : "stopped; "}${ended(last)}`;
  });
  const begin = (job: (events: DeskEvents) => Promise<void>) => {
    const number = ++wanted;
    // What runs makes way.
    void page.desk.stop();
    void work(job, number);
  };

  const view: RunView = {
    options: read,
    run: () => begin((on) => page.desk.run(read(), selected(), on)),
    look: () => begin((on) => page.desk.look(read(), selected(), on)),
  };
  form.addEventListener("change", view.run);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    view.run();
  });
  run.addEventListener("click", view.run);
  // What waited for its turn is passed over.
  stop.addEventListener("click", () => begin(async () => undefined));
  more.addEventListener("click", () => begin((on) => page.desk.continue(on)));
  return view;
}

function meaningOf({ name, meaning, bias }: Choices["estimators"][number]): string {
  return `${name}: ${meaning}${bias === null ? "" : `. Biased: ${bias}`}`;
}

function ended({ paths, seconds, valued, flagged, trades }: ResultsView): string {
  const flags = flagged === 0 ? "" : `, ${flagged} numbers flagged`;
  return `${valued} of ${trades} trades, ${paths.toLocaleString("en")} paths, ${seconds.toFixed(1)} s${flags}`;
}

/** The line about the files. */
export function showFiles({ book, market, refused }: InputsView): void {
  byId("book-name").textContent = book.name;
  const faulty = book.faultyRows === 0 ? "" : `, ${book.faultyRows} with faults`;
  byId("book-count").textContent = `${book.trades.toLocaleString("en")} trades${faulty}`;
  byId("market-name").textContent = market.name;
  byId("market-count").textContent = `${market.underlyings.length} underlyings`;
  byId("notice").replaceChildren(...refused.map((message) => h("p", {}, message)));
}
