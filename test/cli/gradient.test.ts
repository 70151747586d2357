import { describe, expect, test } from "vitest";
import { examples } from "../../src/gradients/examples/catalogue.js";
import { ESTIMATORS } from "../../src/index.js";
import { book, market, run } from "./run.js";

describe("grecian gradient", () => {
  test("lists the examples, with what they are", async () => {
    const { code, stdout } = await run(["gradient", "--list"]);
    expect(code).toBe(0);
    for (const { name, meaning } of examples) expect(stdout).toContain(`${name}: ${meaning}\n`);
    const { stdout: json } = await run(["gradient", "--list", "--json"]);
    expect(JSON.parse(json).map(({ name }: { name: string }) => name)).toEqual(
      examples.map(({ name }) => name),
    );
  });

  test("prints an array of estimates with their exact values and errors", async () => {
    const { code, stdout, stderr } = await run([
      "gradient",
      "rebar",
      "--json",
      "--samples",
      "4096",
      "--seed",
      "x",
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const rows = JSON.parse(stdout);
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) {
      expect(Object.keys(row)).toEqual([
        "name",
        "parameter",
        "estimator",
        "estimate",
        "exact",
        "std_error",
        "variance",
        "bias",
      ]);
      expect(row.name).toBe("rebar");
      expect(Math.abs(row.estimate - row.exact)).toBeLessThanOrEqual(5 * row.std_error);
    }
    expect((await run(["gradient", "rebar", "--json", "--samples", "4096", "--seed", "x"])).stdout).toBe(
      stdout,
    );
    expect((await run(["gradient", "rebar", "--json", "--samples", "4096", "--seed", "y"])).stdout).not.toBe(
      stdout,
    );
  });

  test("shows a table, and says which estimates are biased", async () => {
    const { stdout } = await run(["gradient", "gumbel-softmax", "--samples", "4096"]);
    expect(stdout).toMatch(/^parameter +estimate ± std\. error +exact +off by \(std\. errors\)/);
    expect(stdout).toContain("relaxation, temperature 0.5 (biased: it differentiates f between the corners");
  });

  test.each([
    [["gradient"], "an example must be named; grecian gradient --list shows them"],
    [["gradient", "rebarr"], "did you mean rebar?"],
    [["gradient", "rebar", "--samples", "-1"], "--samples must be a whole number >= 1, got -1"],
    [["gradient", "rebar", "--sampler", "halton"], "--sampler must be one of random, sobol"],
  ])("%s: a usage error in one line", async (argv, message) => {
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("grecian compare", () => {
  const quick = ["--market", market, "--paths", "4096", "--batches", "16", "--greeks", "price,delta,gamma"];

  test("sets the estimators of a book side by side", async () => {
    const { code, stdout, stderr } = await run(["compare", book, ...quick, "--sampler", "random", "--json"]);
    expect(code).toBe(0);
    // A reason is told once, with the first of its trades.
    expect(stderr).toMatch(
      /DIG-1, DIG-2, ASD-1 and \d more: the pathwise estimator does not apply: the payoff jumps/,
    );
    expect(stderr.match(/the payoff jumps/g)).toHaveLength(1);
    const rows = JSON.parse(stdout) as {
      trade_id: string;
      greek: string;
      estimator: string;
      value: number;
      std_error: number;
      variance: number;
      relative_work: number;
    }[];
    const count = (name: string) => rows.filter(({ estimator }) => estimator === name).length;
    for (const name of ["likelihood-ratio-raw", "likelihood-ratio", "finite-difference", "auto"])
      expect(count(name), name).toBe(14 * 3);
    for (const name of ["conditional", "pathwise"]) expect(count(name), name).toBeGreaterThan(9);
    const raw = rows.filter(({ estimator }) => estimator === "likelihood-ratio-raw");
    for (const row of raw) {
      const other = rows.find(
        ({ trade_id, greek, estimator }) =>
          trade_id === row.trade_id && greek === row.greek && estimator === "likelihood-ratio",
      )!;
      expect(row.relative_work).toBe(1);
      const error = Math.hypot(row.std_error, other.std_error);
      expect(Math.abs(row.value - other.value), `${row.trade_id} ${row.greek}`).toBeLessThan(6 * error);
    }
    const lower = raw.filter(({ trade_id, greek, variance }) =>
      rows.some(
        (row) =>
          row.trade_id === trade_id &&
          row.greek === greek &&
          row.estimator === "likelihood-ratio" &&
          row.variance < 0.5 * variance,
      ),
    );
    expect(lower.length).toBeGreaterThan(raw.length / 2);
  });

  test("shows a table, and tells what could not be valued", async () => {
    const { stdout } = await run(["compare", book, ...quick]);
    expect(stdout).toMatch(/^trade +greek +value ± std\. error +unit/);
    const { stdout: list } = await run(["compare", "--list"]);
    for (const name of ESTIMATORS) expect(list).toMatch(new RegExp(`^${name} +\\S`, "m"));
    const missing = await run(["compare", "nowhere.csv", ...quick]);
    expect(missing).toMatchObject({
      code: 2,
      stderr: "grecian: nowhere.csv cannot be read: there is no such file\n",
    });
  });
});
