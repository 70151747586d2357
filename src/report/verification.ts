import type { Check } from "../executors/verify/section.js";
import type { Verification, VerificationSection } from "../executors/verify/verify.js";
import { markdownTable, markdownText } from "./markdown-table.js";
import { alignedRows } from "./text-table.js";
import { withError } from "./with-error.js";

/** Where and by what a verification was run. */
export interface Circumstances {
  readonly command: string;
  readonly version: string;
  readonly runtime: string;
  readonly machine: string;
  readonly date: string;
  readonly seconds: number;
}

/** What a model validator files: verdict, circumstances, and every number of every section, in Markdown. */
export function verificationDocument(verification: Verification, circumstances: Circumstances): string {
  const { sections, settings } = verification;
  const { command, version, runtime, machine, date, seconds } = circumstances;
  const facts = [
    ["program", `grecian ${version}`],
    ["runtime", runtime],
    ["machine", machine],
    ["date", date],
    ["duration", `${seconds.toFixed(0)} s`],
    ["command", command],
    ["seed", settings.seed],
    ["sampler", settings.sampler],
    ["paths of the largest simulations", String(settings.paths)],
    ["seeds of the coverage", String(settings.seeds)],
  ];
  const parts = [
    "# Verification",
    `**${verdict(verification)}**`,
    markdownTable(summaryHeader, sections.map(summaryRow), [1, 2, 3]),
    markdownTable(["", ""], facts, []),
    "z is how many standard errors a value is off, beyond the bias and the rounding allowed besides. The same seed gives the same bits on any machine.",
    ...sections.flatMap((section) => [
      `## ${section.title}: ${section.passed ? "passed" : "FAILED"}`,
      markdownText(section.criterion),
      checkTable(section.checks),
    ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The verdict, and a line per section, for the terminal. */
export function verificationSummary(verification: Verification): string {
  const rows = alignedRows([summaryHeader, ...verification.sections.map(summaryRow)], (j) => j > 0 && j < 4);
  const failed = verification.sections.flatMap(({ title, checks }) =>
    checks
      .filter(({ passed }) => !passed)
      .map((check) => `${title}: ${Object.values(check.labels).join(", ")}: ${statement(check)}`),
  );
  const lines = [...rows.map((row) => row.join("  ").trimEnd()), "", ...failed, verdict(verification)];
  return `${lines.join("\n")}\n`;
}

export function verdict({ sections, passed }: Verification): string {
  const checks = sections.flatMap((section) => section.checks);
  const failed = checks.filter((check) => !check.passed).length;
  if (passed) return `Passed: ${checks.length} numbers, none outside what they have to be.`;
  const cut = failed === 0 ? "; it was cut short" : "";
  return `FAILED: ${failed} of ${checks.length} numbers outside what they have to be${cut}.`;
}

/** One record per number, its labels first. */
export function verificationJson({ sections, passed, settings }: Verification, circumstances: Circumstances) {
  return {
    ...{ passed, ...circumstances, ...settings },
    sections: sections.map(({ name, title, criterion, checks, passed }) => ({
      ...{ name, title, criterion, passed },
      checks: checks.map(({ labels, value, standardError, expected, z, low, high, passed }) => ({
        ...labels,
        ...{ value, std_error: standardError, expected, z, low, high, passed },
      })),
    })),
  };
}

const summaryHeader = ["section", "numbers", "failed", "worst z", "verdict"];

function summaryRow({ title, checks, passed }: VerificationSection): string[] {
  const worst = checks.reduce((most, { z }) => Math.max(most, Math.abs(z)), 0);
  const failed = checks.filter((check) => !check.passed).length;
  return [title, String(checks.length), String(failed), worst.toFixed(1), passed ? "passed" : "FAILED"];
}

function checkTable(checks: readonly Check[]): string {
  const labels = Object.keys(checks[0]?.labels ?? {});
  const header = [...labels, "value ± std. error", "expected", "z", "must lie in", "verdict"];
  const rows = checks.map((check) => [
    ...labels.map((label) => check.labels[label]!),
    ...[withError(check.value, check.standardError), short(check.expected), check.z.toFixed(1)],
    ...[band(check), check.passed ? "ok" : "FAILED"],
  ]);
  return markdownTable(
    header,
    rows,
    [0, 1, 2, 3].map((column) => labels.length + column),
  );
}

function statement(check: Check): string {
  return `${withError(check.value, check.standardError)}, must lie in ${band(check)}, expected ${short(check.expected)}`;
}

function band({ low, high }: Check): string {
  return `${short(low, 4)} … ${short(high, 4)}`;
}

function short(value: number, digits = 7): string {
  return String(Number(value.toPrecision(digits)));
}
