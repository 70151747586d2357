import type { InputsView } from "./desk-views.js";
import { byId, h, latestOnly, options } from "./dom.js";
import type { MarketNumber, NumberPath } from "./market-text.js";
import type { Page } from "./page.js";

const OWN = "(own parameters)";

interface Field {
  readonly path: NumberPath;
  readonly input: HTMLInputElement;
  readonly slider: HTMLInputElement;
  readonly fault: HTMLElement;
  /** Whether it is being typed in or dragged. */
  isHeld(): boolean;
}

/** The numbers of an underlying and its model, to type or to drag. */
export function openMarketView(page: Page): (inputs: InputsView) => void {
  const underlying = byId<HTMLSelectElement>("underlying");
  const model = byId<HTMLSelectElement>("model");
  const text = byId<HTMLTextAreaElement>("market-text");
  let inputs: InputsView | null = null;
  let shownFor = "";
  let fields: readonly Field[] = [];

  function show(): void {
    if (inputs === null) return;
    const { market } = inputs;
    options(
      underlying,
      market.underlyings.map(({ name }) => name),
    );
    const chosen = market.underlyings.find(({ name }) => name === underlying.value);
    byId("market-faults").replaceChildren(...market.faults.map((fault) => h("li", {}, fault)));
    if (document.activeElement !== text) text.value = market.text;
    if (chosen === undefined) {
      byId("numbers").replaceChildren();
      return;
    }
    options(model, [...(chosen.model === null ? [OWN] : []), ...market.models], (name) =>
      name === OWN ? `${chosen.dynamics}, own numbers` : name,
    );
    model.value = chosen.model ?? OWN;
    const key = [market.name, chosen.name, chosen.dynamics, ...chosen.numbers.map(({ name }) => name)].join(
      "\n",
    );
    // Fields stay while numbers move, and with them the focus and the spans of the sliders.
    if (key !== shownFor) {
      fields = chosen.numbers.map(field);
      byId("numbers").replaceChildren(
        ...fields.map(({ path, input, slider, fault }, i) => {
          const { name, unit, meaning } = chosen.numbers[i]!;
          return h(
            "div",
            { class: "number-field", title: meaning, "data-number": path.at(-1)! },
            h("label", { for: input.id }, name, " ", h("span", { class: "soft" }, unit === "1" ? "" : unit)),
            input,
            slider,
            fault,
          );
        }),
      );
      shownFor = key;
    }
    for (const [i, { value, fault }] of chosen.numbers.entries()) {
      const at = fields[i]!;
      // What a hand is at stays as the hand has it.
      if (!at.isHeld()) {
        at.input.value = value;
        at.slider.value = value;
      }
      at.slider.setAttribute("aria-valuetext", value);
      at.input.setAttribute("aria-invalid", String(fault !== null));
      at.fault.textContent = fault ?? "";
    }
  }

  function field({ path, name, value, low, high }: MarketNumber): Field {
    const id = `number-${path.slice(2).join("-")}`;
    const fault = h("p", { class: "fault", id: `${id}-fault` });
    const edit = latestOnly(async (typed: string, how: "dragging" | "done") => {
      page.changed(await page.desk.editNumber(path, typed), how);
    });
    let isHeld = false;
    const done = (typed: string) => {
      isHeld = false;
      void edit(typed, "done");
    };
    const input = h("input", {
      ...{ id, value, inputmode: "decimal", autocomplete: "off", "aria-describedby": `${id}-fault` },
      input: () => {
        isHeld = true;
      },
      change: () => done(input.value),
    });
    const slider = h("input", {
      ...{ type: "range", min: low, max: high, step: "any", value, "aria-label": `${name}, slider` },
      input: () => {
        isHeld = true;
        input.value = rounded(slider, low, high);
        void edit(input.value, "dragging");
      },
      change: () => done(rounded(slider, low, high)),
    });
    return { path, input, slider, fault, isHeld: () => isHeld };
  }

  underlying.addEventListener("change", show);
  model.addEventListener("change", async () => {
    if (model.value !== OWN) page.changed(await page.desk.chooseModel(underlying.value, model.value), "done");
  });
  byId("market-apply").addEventListener("click", async () => {
    page.changed(await page.desk.editMarketText(text.value), "done");
  });
  return (next) => {
    if (next.market.name !== inputs?.market.name) shownFor = "";
    inputs = next;
    show();
  };
}

/** To a four-hundredth of the span: no more digits than a hand can mean. */
function rounded({ value }: HTMLInputElement, low: number, high: number): string {
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(high - low)));
  return String(Number(Number(value).toFixed(decimals)));
}
