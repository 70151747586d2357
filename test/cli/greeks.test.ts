import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { book, market, run } from "./run.js";

const quick = ["--market", market, "--paths", "2048", "--batches", "16"];
const header = "trade_id,underlying,product,quantity,expiry,right,strike,cash,desk\n";
const good = "A,ACME,digital,-3,0.5,call,240,1,rates\n";

describe("grecian greeks", () => {
  test("values the example book and writes what it says", async () => {
    const { code, stdout, stderr, folder, rows, read } = await run(["greeks", book, ...quick]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(readdirSync(join(folder, "reports")).sort()).toEqual([
      "errors.csv",
      "greeks.csv",
      "report-totals-1.svg",
      "report-totals-2.svg",
      "report-totals.svg",
      "report.md",
      "run.json",
      "totals.csv",
    ]);
    expect(stdout).toContain("14 trades valued, 0 rejected or failed");
    expect(stdout).toContain("wrote reports/greeks.csv");
    const greeks = rows("reports/greeks.csv");
    expect(Object.keys(greeks[0]!).join()).toBe(
      "trade_id,book,underlying,product,greek,value,std_error,ci95_low,ci95_high,unit,currency,quantity,position_value,position_std_error,model,estimator,scheme,sampler,paths,batches,seed,effective_sample_size,status,note,trader",
    );
    for (const row of greeks) {
      expect(Number(row.ci95_low), row.trade_id).toBeLessThanOrEqual(Number(row.value));
      expect(Number(row.value), row.trade_id).toBeLessThanOrEqual(Number(row.ci95_high));
      expect(row.unit).toMatch(/^(USD|EUR)/);
    }
    expect(Object.keys(rows("reports/totals.csv")[0]!).join()).toBe(
      "book,underlying,currency,greek,value,std_error,ci95_low,ci95_high,unit,trades",
    );
    expect(read("reports/errors.csv")).toBe("line,column,trade_id,reason,message\n");
    const manifest = JSON.parse(read("reports/run.json"));
    expect(manifest.inputs[0].sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(read("reports/report.md")).toContain(manifest.inputs[1].sha256);
  });

  test("totals are the exact sums of the positions, of every book and of all", async () => {
    const { rows } = await run(["greeks", book, ...quick, "--greeks", "price"]);
    const greeks = rows("reports/greeks.csv");
    for (const total of rows("reports/totals.csv")) {
      const summed = greeks.filter(
        (row) =>
          (total.book === "*" || row.book === total.book) &&
          (total.underlying === "*" || row.underlying === total.underlying) &&
          row.currency === total.currency,
      );
      expect(summed.length).toBe(Number(total.trades));
      const sum = summed.reduce((value, row) => value + Number(row.position_value), 0);
      expect(Number(total.value)).toBeCloseTo(sum, 6);
    }
  });

  test("a trade and its opposite cancel exactly, error bar included", async () => {
    const opposite = `${header}${good}B,ACME,digital,3,0.5,call,240,1,rates\n`;
    const { rows } = await run(["greeks", "-", ...quick], { stdin: opposite });
    for (const total of rows("reports/totals.csv")) {
      expect([total.value, Number(total.std_error)]).toEqual(["0", 0]);
    }
  });

  test("positions are exact decimals", async () => {
    const stdin = `${header}A,ACME,digital,1000000.1,0.5,call,240,1,x\n`;
    const { rows } = await run(["greeks", "-", ...quick, "--greeks", "price"], { stdin });
    const [row] = rows("reports/greeks.csv");
    const [digits, quantity] = [BigInt(row!.value!.replace("0.", "")), 10000001n];
    expect(row!.position_value!.replace(".", "").replace(/0+$/, "")).toBe(
      String(digits * quantity).replace(/0+$/, ""),
    );
  });

  test("rejects rows one by one, with line and column, and values the rest", async () => {
    const stdin = `${header}${good}B,ACME,digital,1,0.5,call,-5,1,\nC,ACNE,digital,1,0.5,call,5,1,\nD,ACME,vanila,1,0.5,call,5,,\n`;
    const { code, stderr, rows } = await run(["greeks", "-", ...quick], { stdin });
    expect(code).toBe(3);
    expect(rows("reports/errors.csv").map(({ line, column, trade_id }) => [line, column, trade_id])).toEqual([
      ["3", "strike", "B"],
      ["4", "underlying", "C"],
      ["5", "product", "D"],
    ]);
    expect(stderr).toContain("standard input line 3, column strike: strike must be > 0, got");
    expect(stderr).toContain("did you mean");
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(new Set(rows("reports/greeks.csv").map(({ trade_id }) => trade_id))).toEqual(new Set(["A"]));
  });

  test.each([
    ["an empty file", ""],
    ["only a header", header],
    ["nothing but rejected rows", `${header}B,ACME,digital,1,0.5,call,-5,1,\n`],
  ])("values nothing of %s, and says so", async (_, stdin) => {
    const { code, stderr, rows } = await run(["greeks", "-", ...quick], { stdin });
    expect(code).toBe(4);
    expect(stderr).toContain("must");
    expect(rows("reports/errors.csv").length).toBeGreaterThan(0);
    expect(rows("reports/greeks.csv")).toEqual([]);
  });

  test("a market that cannot be used leaves nothing to value, and says where it is wrong", async () => {
    const { folder } = await run(["--version"]);
    const file = join(folder, "market.json");
    writeFileSync(
      file,
      '{\n  "valuationDate": "2026-02-30",\n  "dayCount": "act/365f",\n  "underlyings": {}\n}',
    );
    const { code, stderr } = await run(["greeks", "-", "--market", file], { stdin: `${header}${good}` });
    expect(code).toBe(4);
    expect(stderr).toContain("line 2");
    expect(stderr).toContain("2026-02-30");
  });

  test.each([
    [["greeks"], "a portfolio must be named"],
    [["greeks", book], "--market must name"],
    [["greeks", "nowhere.csv", "--market", market], "nowhere.csv cannot be read: there is no such file"],
    [["greeks", book, "--market", "nowhere.json"], "nowhere.json cannot be read"],
    [["greeks", book, "--market", market, "--paths", "many"], "--paths must be a whole number"],
    [["greeks", book, "--market", market, "--sampler", "sobel"], "--sampler must be one of sobol, random"],
    [["greeks", book, "--market", market, "--greeks", "dleta"], "--greeks must be one of"],
    [["greeks", book, "--market", market, "--estimator", "pathwize"], "--estimator must be one of"],
    [["greeks", book, "--market", market, "--format", "pdf"], "--format must be one of"],
    [
      ["greeks", book, "--market", market, "--precision", "1 per cent"],
      '--precision must be a share > 0, "0.5%" or 0.005, got 1 per cent',
    ],
    [["greeks", book, "--market", market, "--max-paths", "100000"], "--max-paths must come with --precision"],
    [["greeks", book, "--market", market, "--threads", "none"], "--threads must be a whole number >= 1"],
    [["greeks", book, "--market", market, "--nonsense"], "unknown option"],
    [["converge", book], "--market must name the market file"],
    [["nonsense"], "unknown command"],
  ])("%j is a usage error", async (argv, message) => {
    const { code, stderr, folder } = await run(argv);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(join(folder, "reports"))).toBe(false);
  });

  test("--json is one document on standard output, and no files", async () => {
    const { code, stdout, folder } = await run(["greeks", "-", ...quick, "--json"], {
      stdin: `${header}${good}B,ACME,digital,1,0.5,call,x,1,\n`,
    });
    expect(code).toBe(3);
    const document = JSON.parse(stdout);
    expect(document.trades[0].greeks[0]).toMatchObject({ greek: "price", status: "ok", paths: 2048 });
    expect(document.errors[0]).toMatchObject({ line: 3, column: "strike", trade_id: "B" });
    expect(document.run.valued_trades).toBe(1);
    expect(existsSync(join(folder, "reports"))).toBe(false);
  });

  test("cells that a spreadsheet would run are written as text", async () => {
    const stdin = `${header}=1+1,ACME,digital,-3,0.5,call,240,1,"=HYPERLINK(""x"")"\n`;
    const { rows, read } = await run(["greeks", "-", ...quick, "--greeks", "price"], { stdin });
    const [row] = rows("reports/greeks.csv");
    expect(row!.trade_id).toBe("'=1+1");
    expect(row!.desk).toBe('\'=HYPERLINK("x")');
    expect(row!.quantity).toBe("-3");
    expect(read("reports/report.md")).not.toContain("<");
  });

  test("desk units scale values and errors alike, and say so", async () => {
    const [raw, desk] = await Promise.all(
      ["raw", "desk"].map((profile) =>
        run(["greeks", "-", ...quick, "--profile", profile, "--greeks", "delta,gamma,vega,theta,rho"], {
          stdin: `${header}${good}`,
        }),
      ),
    );
    const factors = { delta: 2.3, gamma: 2.3 ** 2, vega: 0.01, theta: 1 / 365, rho: 1e-4 };
    const rawRows = raw!.rows("reports/greeks.csv");
    for (const [i, row] of desk!.rows("reports/greeks.csv").entries()) {
      const factor = Object.values(factors)[i]!;
      expect(Number(row.value)).toBeCloseTo(factor * Number(rawRows[i]!.value), 12);
      expect(Number(row.std_error)).toBeCloseTo(factor * Number(rawRows[i]!.std_error), 12);
      expect(row.unit).not.toBe(rawRows[i]!.unit);
    }
  });

  test("an interrupted run writes what is finished", async () => {
    const { code, rows, stdout } = await run(["greeks", book, "--market", market, "--paths", "400000"], {
      interrupt: true,
    });
    expect(code).toBe(130);
    expect(stdout).toContain("Interrupted");
    expect(rows("reports/errors.csv").some(({ message }) => message!.includes("interrupted"))).toBe(true);
  });
});

describe("grecian", () => {
  test("lists products, models and Greeks with units", async () => {
    expect((await run(["products"])).stdout).toContain("strike must be > 0");
    expect((await run(["models"])).stdout).toContain("heston: ");
    expect((await run(["greeks", "--list"])).stdout).toContain("vega: ");
    for (const argv of [
      ["products", "--json"],
      ["models", "--json"],
      ["models", "--schema"],
      ["greeks", "--list", "--json"],
    ]) {
      expect(() => JSON.parse("")).toThrow();
      expect(JSON.parse((await run(argv)).stdout)).toBeTruthy();
    }
  });
});
