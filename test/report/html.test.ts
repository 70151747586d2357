import { describe, expect, test } from "vitest";
import { run } from "../cli/run.js";

const market = JSON.stringify({
  valuationDate: "2026-11-23",
  dayCount: "act/365f",
  underlyings: {
    X: {
      spot: 100,
      currency: "USD",
      rate: 0.03,
      dividendYield: 0,
      model: { dynamics: "black-scholes", parameters: { volatility: 0.2 } },
    },
  },
});
const portfolio = `trade_id,book,underlying,product,quantity,expiry,right,strike
<script>alert(1)</script>,</script><b>,X,vanilla,2,1,call,100
B&B,"a ""book""",X,vanilla,-1,1,put,90
bad,,X,vanilla,1,1,call,<img src=x>
`;

async function report(...more: readonly string[]) {
  const { mkdtempSync, writeFileSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const { join } = await import("node:path");
  const folder = mkdtempSync(join(tmpdir(), "grecian-html-"));
  writeFileSync(join(folder, "market.json"), market);
  const outcome = await run(
    [
      "greeks",
      "-",
      "--market",
      join(folder, "market.json"),
      "--format",
      "html",
      "--paths",
      "2048",
      "--batches",
      "16",
      ...more,
    ],
    { stdin: portfolio },
  );
  return outcome;
}

describe("report.html", () => {
  test("holds every Greek as data, and cells that look like markup as text", async () => {
    const { code, read } = await report();
    expect(code).toBe(3);
    const html = read("reports/report.html");
    const data = /<script type="application\/json" id="rows">([\s\S]*?)<\/script>/.exec(html)![1]!;
    const rows = JSON.parse(data) as (string | number)[][];
    expect(rows).toHaveLength(14);
    expect(rows[0]!.slice(0, 5)).toEqual([
      "<script>alert(1)</script>",
      "</script><b>",
      "X",
      "vanilla",
      "price",
    ]);
    expect(rows.every((row) => row.length === 11)).toBe(true);
    // The data, the script of the table, and nothing that came from the book.
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toContain("<img");
    expect(html).not.toContain("<b>");
    expect(html).toContain("&lt;img src=x&gt;");
  });

  test("needs nothing from elsewhere, and draws an interval per underlying and Greek, of all and of each book", async () => {
    const html = (await report()).read("reports/report.html");
    expect(html).not.toMatch(/<[^>]*\b(src|href)=|@import|url\(|https?:/);
    expect(html).toContain("default-src 'none'");
    // Of all and of two books: seven Greeks, and value, delta and gamma against the spot and against the paths.
    expect(html.match(/<svg/g)).toHaveLength(3 * (7 + 2 * 3));
    expect(html).toContain('aria-label="delta (USD per 1 of spot) by underlying, with 95 % intervals"');
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("has no extra runs where they are not wanted, and says how to have them", async () => {
    const html = (await report("--no-ladder")).read("reports/report.html");
    expect(html.match(/<svg/g)).toHaveLength(3 * 7);
    expect(html).toContain("<code>greeks --ladder</code>");
  });
});
