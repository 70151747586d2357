import { readdirSync, readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";

// Plain JavaScript, as is as-trade.mjs: bench/reference.mjs runs them in Node as they stand, against the built package.

/**
 * One priced case: product and parameters as named in the reference files, Greeks as the program names them.
 * @typedef {object} ReferenceCase
 * @property {string} id
 * @property {string} model
 * @property {string} product
 * @property {Readonly<Record<string, number>>} params
 * @property {Readonly<Record<string, number>>} values
 * @property {Readonly<Record<string, number>>} uncertainties what the values may be off by
 */

/** @type {Readonly<Record<string, string>>} */
const GREEK_NAMES = {
  divrho: "dividend_rho",
  d_corr: "d_rho",
  d2_dS_dv0: "d2_spot_v0",
  d2_dv0_dv0: "d2_v0_v0",
  d2_dS_dlambda: "d2_spot_lambda",
};

/**
 * The cases of a file of rows `case_id,model,product,params_json,measure,value,uncertainty`, in file order.
 * @param {string} file
 * @returns {readonly ReferenceCase[]}
 */
export function readReference(file) {
  const cases = new Map();
  for (const row of readRows(file)) {
    const { case_id: id, model, product, params_json, measure } = row;
    if (!cases.has(id))
      cases.set(id, { id, model, product, params: JSON.parse(params_json), values: {}, uncertainties: {} });
    const { values, uncertainties } = cases.get(id);
    const greek = GREEK_NAMES[measure] ?? measure;
    values[greek] = Number(row.value);
    uncertainties[greek] = Number(row.uncertainty);
  }
  return [...cases.values()];
}

/** Every case there is: the files that have a column of them. */
export function readEveryCase() {
  return readdirSync(new URL(".", import.meta.url))
    .filter((file) => file.endsWith(".csv") && "case_id" in (readRows(file)[0] ?? {}))
    .flatMap(readReference);
}

/**
 * The rows of a file, as text by column.
 * @param {string} file
 * @returns {Record<string, string>[]}
 */
export function readRows(file) {
  return parse(readFileSync(new URL(file, import.meta.url)), { columns: true, comment: "#" });
}
