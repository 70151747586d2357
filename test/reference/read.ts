import { readRows } from "./cases.mjs";

export { type ReferenceCase, readReference } from "./cases.mjs";

/** The rows of a purely numeric file. */
export function readTable(file: string): readonly Readonly<Record<string, number>>[] {
  return readRows(file).map((row) =>
    Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, Number(cell)])),
  );
}
