import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openInlineExecutor } from "../../src/executors/inline.js";
import { openDesk } from "../../src/web/desk.js";
import type { DeskOptions, ResultsView } from "../../src/web/desk-views.js";
import { book as bookFile, market as marketFile, root, run } from "../cli/run.js";

const models = new Map(
  readdirSync(`${root}models`).map((file) => [
    file.replace(".json", ""),
    readFileSync(`${root}models/${file}`, "utf8"),
  ]),
);
const options: DeskOptions = {
  greeks: "first",
  estimator: "auto",
  paths: 4096,
  precision: null,
  sampler: "sobol",
  profile: "raw",
  seed: "1",
};
const book = readFileSync(bookFile, "utf8");
const EXAMPLE = [
  { name: "book.csv", file: book },
  { name: "market.json", file: readFileSync(marketFile, "utf8") },
];

const openExample = async () => {
  const desk = openDesk(openInlineExecutor(), models);
  await desk.open(EXAMPLE);
  return desk;
};

test("the page's engine writes the files of the command line, bit for bit", async () => {
  const desk = await openExample();
  const views: ResultsView[] = [];
  await desk.run(options, null, { results: (view) => void views.push(view), progress: () => undefined });
  expect(views.at(-1)).toMatchObject({ state: "done", paths: 4096, valued: 14, trades: 14 });
  const cliWith = (...formats: string[]) =>
    run(["greeks", bookFile, "--market", marketFile, "--paths", "4096", "--format", ...formats]);
  const cli = await cliWith("csv,markdown,json");
  const saved = async (name: string) => (await desk.file(name))!.text();
  for (const name of ["greeks.csv", "totals.csv", "errors.csv", "results.json"])
    expect(await saved(name), name).toBe(cli.read(`reports/${name}`));
  // Where the files differ: the command, the machine, the seconds, the names of the files.
  const made = [
    /<pre>.*<\/pre>|^grecian greeks .*$/gm,
    /(Version|grecian) [\d.]+, [^,]*,/g,
    /[\d.]+ seconds/g,
    /<ul><li>[^<]*: SHA.*<\/ul>/g,
    /^\| (Input|\S*(book\.csv|market\.json)|-+) +\|.*$/gm,
    /^\| -+ \| -+ \|$/gm,
  ];
  const plain = (text: string) => made.reduce((rest, pattern) => rest.replace(pattern, ""), text);
  expect(plain(await saved("report.md"))).toBe(plain(cli.read("reports/report.md")));
  // With the book against spot and paths, from runs of its own.
  const page = await saved("report.html");
  expect(plain(page)).toBe(plain((await cliWith("html")).read("reports/report.html")));
  expect(page).toContain("<h2>Against the spot</h2>");
  expect(page).toContain("--format html</pre>");
});

test("a cell is edited in the text of the book, whose comments and other lines stay", async () => {
  const desk = await openExample();
  const at = desk.rows(0, 100, false).rows.findIndex(({ cells }) => cells[0] === "CUS-2");
  const column = book.split("\n")[1]!.split(",").indexOf("payoff");
  await desk.editCell(at, column, 'max(S(T), 1) * "x"');
  const text = await (await desk.file("book.csv"))!.text();
  expect(text).toBe(book.replace('"max(abs(S(T) - 5950) - 300, 0)"', '"max(S(T), 1) * ""x"""'));
  expect(desk.rows(0, 100, true).rows.map(({ line }) => line)).toEqual([16]);
  await desk.removeRow(at);
  expect((await (await desk.file("book.csv"))!.text()).split("\n")).toHaveLength(book.split("\n").length - 1);
});

test("a number is edited in the text of the market, in place", async () => {
  const desk = await openExample();
  const { market } = await desk.editNumber(["underlyings", "ACME", "spot"], "231.5");
  expect(market.text).toBe(EXAMPLE[1]!.file.replace('"spot": 230', '"spot": 231.5'));
  const { market: wrong } = await desk.editNumber(
    ["underlyings", "ACME", "model", "parameters", "volatility"],
    "-1",
  );
  const acme = wrong.underlyings.find(({ name }) => name === "ACME")!;
  expect(acme.numbers.find(({ name }) => name === "volatility")!.fault).toMatch(/^volatility must be > 0/);
});

test("a trade with terms that the book has no columns for brings its columns along", async () => {
  const desk = openDesk(openInlineExecutor(), models);
  await desk.open([
    {
      name: "small.csv",
      file: "trade_id,underlying,product,quantity,expiry,strike\nF,SPX,forward,1,1,5900\n",
    },
    EXAMPLE[1]!,
  ]);
  const { book: edited } = await desk.addTrade({
    ...{
      trade_id: "C",
      underlying: "SPX",
      product: "custom",
      quantity: "1",
      expiry: "1",
      payoff: "S(T) > 1",
    },
  });
  expect(edited).toMatchObject({ trades: 2, faultyRows: 0 });
  expect(await (await desk.file("book.csv"))!.text()).toBe(
    "trade_id,underlying,product,quantity,expiry,strike,payoff\nF,SPX,forward,1,1,5900,\nC,SPX,custom,1,1,,S(T) > 1\n",
  );
});
