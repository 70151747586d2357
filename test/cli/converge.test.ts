import { expect, test } from "vitest";
import { book, market, run } from "./run.js";

const quick = [
  "--market",
  market,
  "--from",
  "1024",
  "--paths",
  "8192",
  "--batches",
  "32",
  "--greeks",
  "price,delta",
];

test("grecian converge shows errors that shrink as the paths double, and writes the data of a plot", async () => {
  const { code, stdout, stderr, rows } = await run([
    "converge",
    book,
    ...quick,
    "--sampler",
    "random",
    "--out",
    "plots",
    "--json",
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const json = JSON.parse(stdout) as {
    trade_id: string;
    greek: string;
    paths: number;
    std_error: number;
    value: number;
  }[];
  expect(json).toHaveLength(14 * 2 * 4);
  expect(rows("plots/convergence.csv")).toHaveLength(json.length);
  const ofDigital = json.filter(({ trade_id, greek }) => trade_id === "DIG-1" && greek === "delta");
  expect(ofDigital.map(({ paths }) => paths)).toEqual([1024, 2048, 4096, 8192]);
  // Eight times the paths, √8 times the precision, give or take what 32 batches know of it.
  const ratio = ofDigital[0]!.std_error / ofDigital[3]!.std_error;
  expect(ratio).toBeGreaterThan(Math.sqrt(8) / 1.8);
  expect(ratio).toBeLessThan(Math.sqrt(8) * 1.8);
  for (const row of ofDigital) {
    const error = Math.hypot(row.std_error, ofDigital[3]!.std_error);
    expect(Math.abs(row.value - ofDigital[3]!.value)).toBeLessThan(5 * error);
  }
});

test("its largest run is what greeks prints", async () => {
  const converged = await run(["converge", book, ...quick, "--json"]);
  const single = await run([
    "greeks",
    book,
    "--market",
    market,
    "--paths",
    "8192",
    "--batches",
    "32",
    "--greeks",
    "price,delta",
  ]);
  const last = (
    JSON.parse(converged.stdout) as { trade_id: string; greek: string; paths: number; value: number }[]
  ).filter(({ paths }) => paths === 8192);
  const greeks = single.rows("reports/greeks.csv");
  expect(last.map(({ value }) => String(value))).toEqual(greeks.map(({ value }) => value));
});
