import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMPARED, estimators } from "../../src/estimators/catalogue.js";
import { book as bookFile, market as marketFile, run } from "../cli/run.js";
import {
  drop,
  finished,
  obstacle,
  openBrowser,
  openExample,
  root,
  serve,
  type Watched,
  watchedPage,
} from "./browser.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const HUNDRED = readFileSync(`${root}data/book-1000.csv`, "utf8").split("\n").slice(0, 101).join("\n");
const SINGLE_FILE = `file://${root}dist/web/index.html`;

/** Long tasks, in milliseconds, as the browser tells them. */
const WATCH_LONG_TASKS = `
  window.longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: "longtask" });
`;

/** What axe-core finds that keeps people out. */
async function seriousFaults(page: Page): Promise<unknown> {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate("axe.run()")) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)]);
}

if (obstacle !== null) console.warn(`the page is not tested: ${obstacle}`);

/** Others may be at work on the machine: what has no limit of its own may take long. */
const PATIENT = { timeout: 180_000 };
/** What has a limit is held to it on a machine that is free, once in three times. */
const TIMED = { ...PATIENT, retry: 2 };

describe.skipIf(obstacle !== null)("the page", PATIENT, () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  let watched: Watched;
  let page: Page;

  beforeAll(async () => {
    [browser, server] = await Promise.all([openBrowser(), serve()]);
    watched = await watchedPage(browser);
    page = watched.page;
    await page.addInitScript(WATCH_LONG_TASKS);
    await openExample(page, server.url);
  }, PATIENT.timeout);
  afterAll(async () => {
    await browser.close();
    expect(await server.close()).toBe(0);
  });

  const text = (selector: string) => page.locator(selector).innerText();
  const cell = (column: string, id: string) => page.getByLabel(`${column}, trade ${id}`, { exact: true });
  const poll = <T>(read: () => Promise<T>) => expect.poll(read, { timeout: 60_000 });
  /** The example as it was, its run begun. */
  const example = async () => {
    await page.click("#example");
    await page.locator("#book-count", { hasText: /^14 trades$/ }).waitFor();
    await page.waitForSelector("body:is([data-state=running], [data-state=done])");
  };
  const saved = async (name: string) => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.click(`[id="export-${name}"]`),
    ]);
    return readFileSync(await download.path(), "utf8");
  };

  test("weighs less than 250 kB gzipped", () => {
    const file = readFileSync(`${root}dist/web/index.html`);
    expect(statSync(`${root}dist/web/index.html`).size).toBe(file.length);
    expect(gzipSync(file).length).toBeLessThan(250_000);
  });

  test("values the example with an error on every number", async () => {
    expect(await text("#book-count")).toBe("14 trades");
    expect(await text("#status")).toMatch(/^14 of 14 trades, 4,096 paths/);
    expect(await page.locator("#trades tbody tr").count()).toBe(14);
    for (const row of await page.locator("#trades tbody tr").all())
      expect(await row.innerText()).toMatch(/(± [\d.\u202f]+|exact)\t(USD|EUR)/);
    expect(await page.locator("#totals-chart circle").count()).toBe(2);
  });

  test("writes the files of the command line", async () => {
    const cli = await run(["greeks", bookFile, "--market", marketFile, "--paths", "4096"]);
    for (const name of ["greeks.csv", "totals.csv", "errors.csv"])
      expect(await saved(name), name).toBe(cli.read(`reports/${name}`));
    expect(await saved("report.md")).toMatch(
      /^# Greeks\n\n14 trades valued, 0 rejected or failed; 138 Greeks/,
    );
    expect((await saved("report.html")).match(/^\["|^,?\["/gm)).toHaveLength(138);
    expect(await saved("run.json")).toContain(
      '"command": "grecian greeks book.csv --market market.json --greeks first --estimator auto --paths 4096',
    );
    const images = await page.locator("#images button").allTextContents();
    expect(images).toEqual(["report-totals.svg", "report-totals-1.svg", "report-totals-2.svg"]);
    await page.click("text=Images of report.md");
    // Not all of them: Chromium asks its user before an eleventh download in a row.
    expect(await saved(images.at(-1)!)).toBe(cli.read(`reports/${images.at(-1)}`));
    expect(await saved("book.csv")).toBe(readFileSync(bookFile, "utf8"));
    expect(await saved("market.json")).toBe(readFileSync(marketFile, "utf8"));
  });

  test("shows a trade with its payoff, its passes, and every estimator beside the others", async () => {
    await page.click("[data-trade=BAR-2]");
    await page.click("text=Compare estimators");
    await page.waitForSelector(".comparison table", PATIENT);
    for (const name of COMPARED.filter((name) => !["pathwise", "mixed"].includes(name)))
      expect(await text(".comparison tbody")).toContain(`\t${name}`);
    expect(await text(".comparison .faults")).toContain(
      "the pathwise estimator does not apply: the payoff jumps",
    );
    await page.click("text=What the estimators do");
    expect(await text(".comparison dl")).toContain(estimators.mixed.meaning);
    expect(await page.locator("#trade svg[aria-label^=Amount] polyline").count()).toBe(1);
    expect(await page.locator("#trade svg[aria-label^=Estimates] circle").count()).toBe(2);
    await page.click("[data-trade=BAR-2]");
    await page.locator("#trade section").waitFor({ state: "detached" });
  });

  test(
    "has its first error bar a second after a book of 100 trades is dropped, and never blocks for long",
    TIMED,
    async () => {
      await page.evaluate("longTasks.length = 0");
      const start = performance.now();
      await drop(page, [{ name: "hundred.csv", text: HUNDRED }]);
      await page.locator("#trades tbody", { hasText: "±" }).getByText("T0000001", { exact: true }).waitFor();
      expect(performance.now() - start).toBeLessThan(1000);
      expect(await text("#book-count")).toBe("100 trades");
      await page.waitForTimeout(2000);
      expect(await page.evaluate("longTasks")).toEqual([]);
    },
  );

  test("says why a file is not taken, and lives on", async () => {
    await example();
    const bad: readonly [name: string, text: string, message: string][] = [
      ["garbage.csv", "\u0001\u0000\u0002", "a file must be text, got a byte 0 at position 2"],
      ["picture.csv", "\u0089PNG\r\n\u001a\r\u00ffIHDR\ufffd,\u0007", "the header must have trade_id"],
      ["words.csv", "once upon\na time", "the header must have trade_id"],
      ["empty.csv", "", "got an empty file"],
      ["broken.json", "{", "the file must be strict JSON"],
      ["other.json", '{"spot": 100}', 'the market must have the key "valuationDate"'],
    ];
    for (const [name, content, message] of bad) {
      await drop(page, [{ name, text: content }]);
      await page.locator("#notice", { hasText: `${name} was not taken` }).waitFor();
      expect(await text("#notice"), name).toContain(message);
    }
    await drop(page, [{ name: "large.csv", text: "0123456789\n".repeat(500), times: 10_000 }]);
    await page.locator("#notice", { hasText: "a file must have at most 20 MB here, got 55.0 MB" }).waitFor();
    expect(await text("#book-name")).toBe("book.csv");
    await page.click("#run");
    await page.waitForSelector("body[data-state=running]");
    await finished(page);
  });

  test("tells every trade that a market does not know it", async () => {
    const market = readFileSync(marketFile, "utf8").replace('"ACME"', '"EMCA"');
    await drop(page, [{ name: "market.json", text: market }]);
    await page.locator("#book-count", { hasText: "3 with faults" }).waitFor();
    expect(await text("#rows")).toContain('underlying must be one of SPX, NOVA, EMCA, SX5E, got "ACME"');
    await example();
  });

  test("tells what is wrong with a cell where it is edited, and takes the cell when it is right", async () => {
    const strike = cell("strike", "VAN-1");
    await strike.fill("NaN");
    await strike.press("Enter");
    await page
      .locator("#rows", { hasText: 'strike must be > 0, written as a decimal number, got "NaN"' })
      .waitFor();
    expect(await strike.getAttribute("aria-invalid")).toBe("true");
    expect(await text("#book-count")).toBe("13 trades, 1 with faults");
    await cell("strike", "VAN-1").fill("5000");
    await cell("strike", "VAN-1").press("Enter");
    await page.locator("#book-count", { hasText: /^14 trades$/ }).waitFor();
    await finished(page);
    expect(await saved("book.csv")).toBe(
      readFileSync(bookFile, "utf8").replace(
        "VAN-1,index,SPX,vanilla,100,2027-05-24,call,6000",
        "VAN-1,index,SPX,vanilla,100,2027-05-24,call,5000",
      ),
    );
  });

  test("shows cells that hold markup as text", async () => {
    const hostile = "<img src=x onerror=alert(1)>";
    await cell("trade_id", "FWD-1").fill(hostile);
    await cell("trade_id", "FWD-1").press("Enter");
    await page.locator("#trades", { hasText: hostile }).waitFor();
    expect(await page.locator("img").count()).toBe(0);
    await example();
  });

  test("lets the Greeks follow a slider, and refuses a number that is none", async () => {
    const price = () => text("#totals tbody tr:first-child");
    const shownUnderlying = page.locator("#totals-underlying");
    await finished(page);
    const before = await price();
    await page.locator("[data-number=spot] input[type=range]").press("ArrowRight");
    await poll(price).not.toBe(before);
    const spot = page.locator("[data-number=spot] input").first();
    await spot.fill("NaN");
    await spot.press("Enter");
    await page
      .locator("[data-number=spot] .fault", { hasText: 'spot must be a number, got "NaN"' })
      .waitFor();
    // Another underlying takes its place among the totals for as long as it has none.
    await finished(page);
    await poll(() => shownUnderlying.inputValue()).toBe("ACME");
    await example();
    await poll(price).toBe(before);
    expect(await shownUnderlying.inputValue()).toBe("SPX");
  });

  test("copies a named model when one of its parameters is changed", async () => {
    const xi = page.locator("[data-number=xi] input").first();
    await xi.fill("0.5");
    await xi.press("Enter");
    await poll(() => page.locator("#model").inputValue()).toBe("(own parameters)");
    expect(await page.locator("#market-text").inputValue()).toContain('"xi": 0.5');
    await page.selectOption("#model", "spx-heston");
    await poll(() => page.locator("[data-number=xi] input").first().inputValue()).toBe("0.39");
    await example();
  });

  test("draws a payoff as it is written, and adds it to the book", async () => {
    const formula = page.getByLabel("Paid at expiry");
    await formula.fill("max(S(T) - 200, 0");
    await poll(() => text("#payoff-fault")).toMatch(/^payoff at character 18: .*must come here/);
    await formula.fill(`${"(".repeat(400)}1${")".repeat(400)}`);
    await poll(() => text("#payoff-fault")).toContain("at most 200 levels deep");
    await formula.fill(`1${"+1".repeat(10_000)}`);
    await poll(() => text("#payoff-fault")).toContain("at most 10,000 characters, got 20,001");
    await formula.fill("S(T) > 230");
    await poll(() => page.locator("#payoff-fault").textContent()).toBe("");
    await page.click("text=Add to the book");
    await page.locator("#book-count", { hasText: "15 trades" }).waitFor();
    await finished(page);
    expect(await text("#trades")).toContain("PAGE-");
    await example();
  });

  test("stops a run that makes way for the next, and the next", async () => {
    await page.selectOption("select[name=paths]", "4194304");
    await page.selectOption("select[name=paths]", "2097152");
    await page.click("#stop");
    await page.waitForSelector("body[data-state=stopped]");
    await page.waitForTimeout(500);
    expect(await page.evaluate("document.body.dataset.state")).toBe("stopped");
    expect(await text("#status")).toMatch(/^stopped; /);
  });

  test("stops within half a second, goes on from there, and then twice as far", TIMED, async () => {
    await page.selectOption("select[name=paths]", "4194304");
    await page.locator("#status", { hasText: /^(?!2,048|4,096)[\d,]+ paths, \d+ %/ }).waitFor();
    const start = performance.now();
    await page.click("#stop");
    await page.waitForSelector("body[data-state=stopped]");
    expect(performance.now() - start).toBeLessThan(500);
    await page.click("#continue");
    await page.waitForSelector("body[data-state=running]");
    await page.selectOption("select[name=paths]", "4096");
    await finished(page);
    await page.click("text=Twice the paths");
    await page.locator("#status", { hasText: "14 of 14 trades, 8,192 paths" }).waitFor();
  });

  test("runs to a precision, with the numbers of the command line", async () => {
    await drop(page, [
      {
        name: "book.csv",
        text: readFileSync(bookFile, "utf8")
          .split("\n")
          .filter((line) => /^(trade_id|BAR-1)/.test(line))
          .join("\n"),
      },
    ]);
    await page.selectOption("select[name=precision]", "0.01");
    await finished(page);
    const csv = await saved("greeks.csv");
    const command = (JSON.parse(await saved("run.json")) as { command: string }).command.split(" ").slice(3);
    const cli = await run(
      ["greeks", "-", ...command.map((word) => (word === "market.json" ? marketFile : word))],
      {
        stdin: await saved("book.csv"),
      },
    );
    expect(command).toContain("--precision");
    expect(csv).toBe(cli.read("reports/greeks.csv"));
    expect(Number(cli.rows("reports/greeks.csv")[0]!.paths)).toBeGreaterThan(4096);
    await page.selectOption("select[name=precision]", "");
    await example();
  });

  test("is run by keyboard alone", async () => {
    await page.focus("input[name=seed]");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.id")).toBe("run");
    await page.keyboard.press("Enter");
    await page.waitForSelector("body[data-state=running]");
    await finished(page);
  });

  test.each([
    { name: "desktop, light", width: 1280, colorScheme: "light" as const },
    { name: "phone, dark", width: 375, colorScheme: "dark" as const },
  ])("has no serious fault of accessibility: $name", async ({ width, colorScheme }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    if ((await page.locator("#trade section").count()) === 0) await page.click("[data-trade=VAN-2]");
    await page.locator("#trade section").waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
  });

  test("asked nothing of the network but itself, and told no error", () => {
    expect(watched.errors).toEqual([]);
    const others = watched.requests.filter(
      (url) => !url.startsWith(server.url) && !/^(blob|data):/.test(url),
    );
    expect(others).toEqual([]);
    expect(watched.requests).toContain(server.url);
  });

  test("opens from disk as one file, with the same numbers", async () => {
    const { page: disk, errors, requests, close } = await watchedPage(browser);
    await openExample(disk, SINGLE_FILE);
    for (const each of [disk, page]) await each.selectOption("#totals-underlying", "SPX");
    expect(await disk.locator("#totals tbody").innerText()).toBe(await text("#totals tbody"));
    expect(errors).toEqual([]);
    expect(requests.filter((url) => !/^(file|blob|data):/.test(url))).toEqual([]);
    await close();
  });

  test("the report in HTML opens from disk, sorts and filters, with no serious fault of accessibility", async () => {
    const trades = (await saved("book.csv"))
      .split("\n")
      .filter((line) => /^(trade_id|VAN-1|DIG-2|GAP-1)/.test(line));
    const args = ["greeks", "-", "--market", marketFile, "--paths", "2048", "--format", "html", "--ladder"];
    const { folder } = await run(args, { stdin: `${trades.join("\n")}\n` });
    const {
      page: report,
      errors,
      requests,
      close,
    } = await watchedPage(browser, { viewport: { width: 375, height: 800 } });
    await report.goto(`file://${folder}/reports/report.html`);
    const first = report.locator("#table tbody tr").first();
    await report.fill("#filter", "dig-2 delta");
    expect(await report.locator("#count").innerText()).toMatch(/^1 of \d+ rows$/);
    expect(await first.innerText()).toMatch(/^DIG-2\t/);
    await report.fill("#filter", "price");
    for (const smallest of [true, false]) {
      await report.getByRole("button", { name: "Value", exact: true }).click();
      const values = await report.locator("#table tbody td:nth-child(6)").allInnerTexts();
      const sorted = values.map(Number).toSorted((a, b) => (smallest ? a - b : b - a));
      expect(values.map(Number)).toEqual(sorted);
    }
    expect(await seriousFaults(report)).toEqual([]);
    expect(await report.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(375);
    expect([errors, requests.filter((url) => !url.startsWith("file:"))]).toEqual([[], []]);
    await close();
  });

  test("says what is missing in a browser without SIMD", async () => {
    const { page: old, errors, close } = await watchedPage(browser);
    await old.addInitScript("WebAssembly.validate = () => false");
    await old.goto(server.url);
    expect(await old.locator("#notice").innerText()).toContain("it has no WebAssembly with SIMD");
    expect(errors).toEqual([]);
    await close();
  });
});
