import type { InputsView, RowView } from "./desk-views.js";
import { byId, h, latestOnly } from "./dom.js";
import type { Page } from "./page.js";

const PAGE = 15;

/** The book as a table of cells to type in, each fault under its row. */
export function openBookView(page: Page): (inputs: InputsView) => void {
  const table = byId("rows");
  const body = table.querySelector("tbody")!;
  const onlyFaulty = byId<HTMLInputElement>("only-faulty");
  const [back, forth] = [byId<HTMLButtonElement>("rows-back"), byId<HTMLButtonElement>("rows-forth")];
  let first = 0;
  let columns: readonly string[] = [];
  let fileName = "";

  const show = latestOnly(async () => {
    const { rows, count } = await page.desk.rows(first, PAGE, onlyFaulty.checked);
    if (rows.length === 0 && first > 0) {
      first = 0;
      return void show();
    }
    back.disabled = first === 0;
    forth.disabled = first + PAGE >= count;
    byId("rows-page").textContent =
      count === 0
        ? "no rows"
        : `${first + 1} to ${Math.min(first + PAGE, count)} of ${count.toLocaleString("en")}`;
    const focused = document.activeElement as HTMLInputElement | null;
    const place = focused?.dataset.cell;
    const typed = focused?.value;
    const widths = columns.map((name, c) =>
      Math.min(28, Math.max(name.length, ...rows.map(({ cells }) => cells[c]?.length ?? 0)) + 1),
    );
    body.replaceChildren(...rows.flatMap((row) => line(row, widths)));
    if (place === undefined) return;
    // Who types on while the last cell is being read keeps what was typed.
    const again = body.querySelector<HTMLInputElement>(`[data-cell="${place}"]`);
    if (again === null) return;
    if (typed !== undefined) again.value = typed;
    again.focus();
  });

  function line(row: RowView, widths: readonly number[]): HTMLElement[] {
    const id = row.cells[columns.indexOf("trade_id")] ?? "";
    const faultId = `row-${row.row}-faults`;
    const cells = columns.map((column, c) => {
      const text = row.cells[c] ?? "";
      const isFaulty = row.faults.some((fault) => fault.column === column);
      const input: HTMLInputElement = h("input", {
        value: text,
        size: widths[c]!,
        ...{ autocomplete: "off", spellcheck: "false", "data-cell": `${row.row} ${c}` },
        "aria-label": `${column}, trade ${id || `on line ${row.line}`}`,
        "aria-invalid": isFaulty ? "true" : undefined,
        "aria-describedby": isFaulty ? faultId : undefined,
        list: column === "product" ? "products" : undefined,
        change: async () => page.changed(await page.desk.editCell(row.row, c, input.value), "done"),
      });
      return h(c === 0 ? "th" : "td", c === 0 ? { scope: "row" } : {}, input);
    });
    const remove = h(
      "button",
      {
        ...{ type: "button", class: "quiet", "aria-label": `remove trade ${id}` },
        click: async () => page.changed(await page.desk.removeRow(row.row), "done"),
      },
      "Remove",
    );
    const faults = row.faults.map(({ message }) => h("li", {}, message));
    return [
      h("tr", {}, ...cells, h("td", {}, remove)),
      ...(faults.length === 0
        ? []
        : [
            h(
              "tr",
              { class: "fault-row" },
              h("td", { colspan: columns.length + 1 }, h("ul", { class: "faults", id: faultId }, ...faults)),
            ),
          ]),
    ];
  }

  const names = h("datalist", { id: "products" });
  document.body.append(names);
  void page.choices.then(({ products }) =>
    names.append(...products.map((name) => h("option", { value: name }))),
  );
  onlyFaulty.addEventListener("change", () => {
    first = 0;
    void show();
  });
  back.addEventListener("click", () => {
    first = Math.max(0, first - PAGE);
    void show();
  });
  forth.addEventListener("click", () => {
    first += PAGE;
    void show();
  });
  return ({ book }) => {
    byId("book-faults").replaceChildren(...book.faults.map((fault) => h("li", {}, fault)));
    if (book.name !== fileName) first = 0;
    fileName = book.name;
    if (book.columns.join("\n") !== columns.join("\n")) {
      columns = book.columns;
      table
        .querySelector("thead")!
        .replaceChildren(h("tr", {}, ...columns.map((name) => h("th", { scope: "col" }, name)), h("td", {})));
    }
    void show();
  };
}
