import { numberRule, products, type Term } from "../index.js";
import type { Io } from "./io.js";

export function listProducts(options: { readonly json?: boolean }, io: Io): void {
  const list = Object.values(products);
  if (options.json) {
    io.stdout(
      `${JSON.stringify(
        list.map(({ name, meaning, terms }) => ({ name, meaning, terms })),
        null,
        2,
      )}\n`,
    );
    return;
  }
  for (const { name, meaning, terms } of list) {
    io.stdout(`${name}: ${meaning}\n`);
    for (const [term, table] of Object.entries(terms)) io.stdout(`  ${describeTerm(term, table)}\n`);
    io.stdout("\n");
  }
}

/** "strike: level of exercise [price]; strike must be > 0" */
export function describeTerm(name: string, term: Term): string {
  const fallback =
    "default" in term && term.default !== undefined ? `; default ${String(term.default) || "none"}` : "";
  if (term.kind === "number")
    return `${name}: ${term.meaning} [${term.unit}]; ${numberRule(name, term)}${fallback}`;
  if (term.kind === "choice") return `${name}: ${term.meaning}; one of ${term.choices.join(", ")}${fallback}`;
  return `${name}: ${term.meaning}${fallback}`;
}
