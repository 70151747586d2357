import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";

/** One priced case: product and parameters as named in the reference files, Greeks as the program names them. */
export interface ReferenceCase {
  readonly id: string;
  readonly model: string;
  readonly product: string;
  readonly params: Readonly<Record<string, number>>;
  readonly values: Readonly<Record<string, number>>;
}

const GREEK_NAMES: Readonly<Record<string, string>> = {
  divrho: "dividend_rho",
  d_corr: "d_rho",
  d2_dS_dv0: "d2_spot_v0",
  d2_dv0_dv0: "d2_v0_v0",
  d2_dS_dlambda: "d2_spot_lambda",
};

/** The cases of a file of rows `case_id,model,product,params_json,measure,value,uncertainty`, in file order. */
export function readReference(file: string): readonly ReferenceCase[] {
  const cases = new Map<string, ReferenceCase & { values: Record<string, number> }>();
  for (const row of readRows(file)) {
    const id = row.case_id!;
    const found = cases.get(id) ?? {
      id,
      model: row.model!,
      product: row.product!,
      params: JSON.parse(row.params_json!) as Record<string, number>,
      values: {},
    };
    found.values[GREEK_NAMES[row.measure!] ?? row.measure!] = Number(row.value);
    cases.set(id, found);
  }
  return [...cases.values()];
}

/** The rows of a purely numeric file. */
export function readTable(file: string): readonly Readonly<Record<string, number>>[] {
  return readRows(file).map((row) =>
    Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, Number(cell)])),
  );
}

function readRows(file: string): Record<string, string>[] {
  return parse(readFileSync(new URL(file, import.meta.url)), { columns: true, comment: "#" });
}
