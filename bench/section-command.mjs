// (e) What the command takes to start and to value a small book; (f) its peak memory as the book grows.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { digits, medians, output, wallSeconds } from "./measure.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

export const title = "The command: start and memory";

export async function* lines({ quick }) {
  const folder = mkdtempSync(join(tmpdir(), "grecian-bench-"));
  const small = ["greeks", "data/book.csv", "--market", "data/market.json", "--out", folder];
  const wall = (...args) => {
    return async () => (await wallSeconds(() => output(process.execPath, args, { cwd: root }))).seconds;
  };
  try {
    const seconds = await medians(
      {
        node: wall("-e", "0"),
        version: wall("dist/program/grecian.js", "--version"),
      },
      quick ? 3 : 7,
    );
    const smallBook = wall("dist/program/grecian.js", ...small);
    const greeks = quick ? await smallBook() : (await medians({ greeks: smallBook }, 3)).greeks;
    const definition = (what) => `wall time of ${what} / of an empty Node program`;
    yield {
      name: "grecian --version",
      ratio: seconds.version / seconds.node,
      better: "lower",
      isWall: true,
      definition: definition("grecian --version"),
      detail: `${digits(seconds.version)} / ${digits(seconds.node)} s (at most 0.15 s asked)`,
    };
    yield {
      name: "grecian greeks, small book",
      ratio: greeks / seconds.node,
      better: "lower",
      isWall: true,
      definition: definition("grecian greeks on data/book.csv, 14 trades at 65,536 paths, files written"),
      detail: `${digits(greeks)} / ${digits(seconds.node)} s (at most 1.5 s asked)`,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }

  const [few, many] = quick ? [1000, 10_000] : [1000, 100_000];
  const peak = (trades) =>
    Number(output(process.execPath, ["bench/peak-memory.mjs", String(trades)], { cwd: root }));
  const megabytes = { few: peak(few), many: peak(many) };
  yield {
    name: "peak memory",
    ratio: megabytes.many / megabytes.few,
    better: "lower",
    definition: `peak memory of a process that values ${many} digitals on 20 schedules, streamed / ${few}`,
    detail: `${digits(megabytes.many)} / ${digits(megabytes.few)} MB`,
  };
}
