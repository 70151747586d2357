// Shared by the sections of the bench: CPU seconds, interleaved rounds, medians.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** The processor's name, and whether its vectors have 512 bits, which makers sell under one name: what the C program uses. */
export function processor() {
  const name = cpus()[0].model.trim();
  try {
    return readFileSync("/proc/cpuinfo", "utf8").includes(" avx512f ") ? `${name}, AVX-512` : name;
  } catch {
    return name;
  }
}

/** CPU seconds of this process, all its threads together, and what the function returned. */
export async function cpuSeconds(run) {
  const before = process.cpuUsage();
  const result = await run();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, result };
}

export async function wallSeconds(run) {
  const start = process.hrtime.bigint();
  const result = await run();
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, result };
}

const WARM_UP = 2;

/**
 * Runs every case once per round, in turn, so that whatever else the machine does falls on all of them alike; the first two rounds
 * warm up and do not count. Each case returns a number; the result has the median of each.
 */
export async function medians(cases, rounds) {
  const seen = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const [name, measure] of Object.entries(cases)) {
      const value = await measure();
      if (round >= 0) seen[name].push(value);
    }
  }
  return Object.fromEntries(Object.entries(seen).map(([name, values]) => [name, median(values)]));
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Standard output of a command; throws with its messages when it fails. */
export function output(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", ...options });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ended with code ${status}: ${stderr.trim()}`);
  return stdout;
}

/** The first of the commands that runs with these arguments, or undefined. */
export function firstThatRuns(commands, args) {
  return commands.find((command) => spawnSync(command, args, { stdio: "ignore" }).status === 0);
}

/** Three significant digits, without an exponent for the sizes a table has. */
export function digits(value) {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 1000) return Math.round(Number(value.toPrecision(3))).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}
