/** Cells in columns: padded, the last ones that are numbers to the right. */
export function alignedRows(
  rows: readonly (readonly string[])[],
  rightAligned: (column: number) => boolean,
): readonly string[][] {
  const widths = (rows[0] ?? []).map((_, j) => Math.max(...rows.map((row) => [...row[j]!].length)));
  return rows.map((row) =>
    row.map((cell, j) => {
      const space = " ".repeat(widths[j]! - [...cell].length);
      return rightAligned(j) ? space + cell : cell + space;
    }),
  );
}
