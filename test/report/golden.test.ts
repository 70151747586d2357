import { expect, test } from "vitest";
import type { GreekEstimate, RunSummary, Total, TradeResult } from "../../src/analysis/result.js";
import type { LadderRow } from "../../src/executors/extra-runs.js";
import { openHighlights } from "../../src/report/highlights.js";
import { openWriter } from "../../src/report/writer.js";

// Numbers that no engine made, so that the reports change when the reports change, and with nothing else.

const HOSTILE = `<script>alert("x")</script> & 'y' | \`z\``;

function estimateOf(greek: string, value: number, rest: Partial<GreekEstimate> = {}): GreekEstimate {
  return {
    ...{ greek, value, standardError: 0.0123, low: value - 0.024, high: value + 0.024, unit: "USD" },
    ...{ model: "flat", estimator: "likelihood-ratio", gain: null, scheme: "exact", sampler: "sobol" },
    ...{ paths: 1024, batches: 16, effectiveSampleSize: 900, status: "ok", note: "" },
    ...{ positionValue: String(value * 10), positionStandardError: 0.123 },
    ...rest,
  };
}

const results: TradeResult[] = ["A-1", HOSTILE].map((id) => ({
  trade: {
    ...{ id, book: HOSTILE, underlying: "ACME", product: "vanilla", quantity: "10", where: {} },
    payoff: { dates: [1], amount: { op: "price", date: 0 } },
    tags: { trader: HOSTILE },
  },
  currency: "USD",
  estimates: [
    estimateOf("price", 12.5),
    estimateOf("delta", 0.51, { unit: "USD per 1 of spot", estimator: "pathwise", gain: 23 }),
    estimateOf("gamma", 0.02, { status: "flagged", note: HOSTILE }),
  ],
  failures: [],
}));

const totals: Total[] = ["*", "B", HOSTILE].flatMap((book) =>
  ["ACME", "NOVA"].map((underlying, i) => ({
    ...{ book, underlying, currency: "USD", greek: "price", value: String(250 - 300 * i) },
    ...{ standardError: 1.5, low: 247 - 300 * i, high: 253 - 300 * i, unit: "USD", trades: 2 },
  })),
);
const rows: LadderRow[] = ["*", "B", HOSTILE].flatMap((book) =>
  [80, 100, 120].flatMap((spot) =>
    ["price", "delta"].map((greek) => ({
      ...{ book, underlying: "ACME", currency: "USD", spot, greek, unit: "USD" },
      ...{ value: spot * 2 - 150, standardError: 1, low: spot * 2 - 152, high: spot * 2 - 148 },
    })),
  ),
);
const passes = rows.map(({ spot, ...row }) => ({ ...row, paths: spot * 128 }));
const summary: RunSummary = {
  ...{ totals, valuedTrades: 2, failedTrades: 1, worstScore: { z: 1.5, column: "ACME vega" } },
  ...{
    unavailable: [HOSTILE],
    interrupted: false,
    seed: "golden",
    sampler: "sobol",
    paths: 1024,
    batches: 16,
  },
};

test("the reports are what they were, to the letter", async () => {
  const files = new Map<string, string>();
  const writer = openWriter(["csv", "markdown", "html", "json"], "golden", (name, text) =>
    files.set(name, (files.get(name) ?? "") + text),
  );
  const highlights = openHighlights();
  const failure = { reason: "invalid", message: HOSTILE, where: { file: "b.csv", line: 3 } } as const;
  highlights.failure(failure);
  writer.failure(failure);
  for (const result of results) {
    highlights.trade(result);
    writer.trade(result);
  }
  writer.finish({
    summary,
    highlights: highlights.read(),
    manifest: {
      ...{ command: `grecian greeks ${HOSTILE}`, version: "0.0.0", runtime: "nothing", options: {} },
      inputs: [{ file: HOSTILE, sha256: "0123" }],
      ...{ startedAt: "2026-11-23T00:00:00.000Z", seconds: 1.5 },
    },
    ladder: { paths: 512, rows, passes },
  });
  expect([...files.keys()].sort()).toEqual([...writer.names].sort());
  for (const [name, text] of files) await expect(text).toMatchFileSnapshot(`golden/${name}`);
  const html = files.get("report.html")!;
  // Two of its own; nothing that a cell wrote.
  expect(html.match(/<script/g)).toHaveLength(2);
  expect(html).not.toMatch(/alert\("x"\)<\/script>|NaN|undefined/);
  // Totals, and price and delta against spot and paths: of all, and of each of two books.
  expect(html.match(/<svg/g)).toHaveLength(3 * (1 + 2 + 2));
  const images = [...files.keys()].filter((name) => name.endsWith(".svg"));
  expect(files.get("report.md")!.match(/\]\(report-[a-z]+(-\d)?\.svg\)/g)).toHaveLength(images.length);
  for (const name of images) expect(files.get(name), name).not.toMatch(/<script|alert\("x"\)<|NaN|undefined/);
});
