import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Why the page cannot be tested here; null when it can. */
export const obstacle = existsSync(CHROMIUM)
  ? null
  : `there is no browser at ${CHROMIUM}: install chromium, or name one in the variable CHROMIUM`;

export function openBrowser(): Promise<Browser> {
  const quiet = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
  ];
  return chromium.launch({ executablePath: CHROMIUM, args: quiet });
}

/** `grecian serve` on a free port. */
export async function serve(): Promise<{ readonly url: string; close(): Promise<number | null> }> {
  const server: ChildProcess = spawn(process.execPath, ["dist/program/grecian.js", "serve", "--port", "0"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    server.stdout!.on("data", (text) => resolve(/http:\S+/.exec(String(text))![0]));
    server.on("exit", (code) =>
      reject(new Error(`grecian serve ended with ${code}: was npm run build:web run?`)),
    );
  });
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.removeAllListeners("exit");
        server.on("exit", resolve);
        server.kill("SIGINT");
      }),
  };
}

/** What went wrong in a page, and what it asked of the network. */
export interface Watched {
  readonly page: Page;
  readonly errors: readonly string[];
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export async function watchedPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("request", (request) => requests.push(request.url()));
  return { page, errors, requests, close: () => context.close() };
}

/** Waits for the end of the run. The page forbids eval, and with it Playwright's own waiting for functions. */
export async function finished(page: Page): Promise<void> {
  await page.waitForSelector("body[data-state=done]", { timeout: 120_000 });
}

/** Opens the page, and values the example with few paths. */
export async function openExample(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.selectOption("select[name=paths]", "4096");
  await finished(page);
}

export interface Upload {
  readonly name: string;
  readonly text: string;
  /** The text so many times over. */
  readonly times?: number;
}

/** Drops files on the page, as from a folder. */
export async function drop(page: Page, files: readonly Upload[]): Promise<void> {
  const transfer = await page.evaluateHandle(
    `(() => {
      const transfer = new DataTransfer();
      for (const { name, text, times = 1 } of ${JSON.stringify(files)})
        transfer.items.add(new File([text.repeat(times)], name));
      return transfer;
    })()`,
  );
  await page.dispatchEvent("main", "drop", { dataTransfer: transfer });
}
