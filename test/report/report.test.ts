import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvHeader, csvRow } from "../../src/report/csv.js";
import { openHighlights } from "../../src/report/highlights.js";
import { markdownReport } from "../../src/report/markdown.js";
import type { Column } from "../../src/report/table.js";
import { withError } from "../../src/report/with-error.js";

const column: Column<string>[] = [
  { header: "text", value: (row) => row },
  { header: "end", value: () => 1 },
];

describe("CSV", () => {
  test("reads back as it was written, but for the apostrophe before what a spreadsheet would run", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const [row] = parse(csvRow(column, text), {
          record_delimiter: "\n",
          relax_column_count: true,
        }) as string[][];
        expect([text, `'${text}`]).toContain(row![0]);
      }),
    );
  });

  test.each(["=1", "+a", "-x", "@b", "\tc", "-1+2"])("%j is guarded", (text) => {
    expect(csvRow(column, text).replace(/^"/, "")).toMatch(/^'/);
  });

  test.each(["-5", "+5", "-1.5e-7", "1e300", ".5"])("the number %s stays a number", (text) => {
    expect(csvRow(column, text)).toBe(`${text},1\n`);
  });

  test("headers are guarded too", () => {
    expect(csvHeader([{ header: "=x", value: () => "" }])).toBe("'=x\n");
  });
});

describe("a value with its error", () => {
  test.each([
    [12.34567, 0.01234, "12.346 ± 0.012"],
    [-1234567, 8910, "-1234567 ± 8910"],
    [0.00095483, 0.0000007, "0.00095483 ± 0.00000070"],
    [3, 0, "3"],
    [0, 0, "0"],
    [1e-20, 1e-21, "1.00e-20 ± 1.0e-21"],
  ])("%d, %d is %s", (value, error, text) => {
    expect(withError(value, error)).toBe(text);
  });
});

test("no cell of a report can become markup", () => {
  const highlights = openHighlights();
  const hostile = "<script>|`*_[x](y)\n# h";
  highlights.failure({ reason: "invalid", message: hostile, tradeId: hostile });
  const text = markdownReport({
    summary: {
      totals: [],
      valuedTrades: 0,
      failedTrades: 1,
      worstScore: null,
      unavailable: [hostile],
      interrupted: false,
      seed: hostile,
      sampler: "sobol",
      paths: 1,
      batches: 2,
    },
    highlights: highlights.read(),
    manifest: {
      command: "grecian greeks '```'",
      version: "0",
      runtime: "Node",
      inputs: [{ file: hostile, sha256: "0" }],
      options: {},
      startedAt: "",
      seconds: 1,
    },
  });
  expect(text).not.toContain("<script>");
  expect(text).not.toMatch(/^# h/m);
  expect(text).not.toMatch(/[^\\]\[x[^\\]/);
  expect(text).toContain("````sh");
});
