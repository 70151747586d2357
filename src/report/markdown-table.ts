import { alignedRows } from "./text-table.js";

/** A table of plain cells; the columns of those numbers are to the right. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string {
  const cells = [header, ...rows].map((row) => row.map(markdownText));
  const isRight = (j: number) => right.includes(j);
  const [head, ...body] = alignedRows(cells, isRight) as [string[], ...string[][]];
  const rule = head.map((cell, j) =>
    isRight(j) ? `${"-".repeat([...cell].length - 1)}:` : "-".repeat([...cell].length),
  );
  return [head, rule, ...body].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Text that Markdown shows as it is: no markup, no HTML, no line breaks. */
export function markdownText(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_[\]|~#!]/g, (mark) => `\\${mark}`);
}
