import { SAMPLERS, type Verification, verify } from "../index.js";
import { alignedRows } from "../report/text-table.js";
import { withError } from "../report/with-error.js";
import { EXIT, type Io } from "./io.js";
import { choice, wholeNumber } from "./option-values.js";

export interface VerifyArguments {
  readonly paths: string;
  readonly sampler: string;
  readonly seed: string;
  readonly json?: boolean;
}

/** Checks the program against closed forms on this machine, and prints the evidence. */
export async function runVerify(args: VerifyArguments, io: Io): Promise<number> {
  const abort = new AbortController();
  const release = io.onInterrupt(() => abort.abort());
  const rows = await verify({
    paths: wholeNumber("--paths", args.paths, 1),
    sampler: choice("--sampler", args.sampler, SAMPLERS),
    seed: args.seed,
    signal: abort.signal,
    onModel: (done, all) =>
      io.isTerminal && io.stderr(`\r${done} of ${all} models${done === all ? "\n" : ""}`),
  });
  release();
  io.stdout(args.json ? `${JSON.stringify(rows.map(jsonRow), null, 2)}\n` : table(rows));
  if (abort.signal.aborted) return EXIT.interrupted;
  return rows.every(({ passed }) => passed) ? EXIT.ok : EXIT.internal;
}

function jsonRow(row: Verification) {
  return {
    model: row.model,
    scheme: row.scheme,
    estimator: row.estimator,
    payoff: row.payoff,
    greek: row.greek,
    value: row.value,
    std_error: row.standardError,
    exact: row.exact,
    z: row.z,
    off_percent: row.offPercent,
    allowed_percent: row.allowedPercent,
    passed: row.passed,
  };
}

function table(rows: readonly Verification[]): string {
  const percent = (value: number) => (Number.isFinite(value) ? value.toFixed(2) : "");
  const cells = [
    [
      "model",
      "payoff",
      "greek",
      "estimator",
      "value ± std. error",
      "exact",
      "z",
      "off %",
      "bias allowed %",
      "verdict",
    ],
    ...rows.map(
      ({
        model,
        payoff,
        greek,
        estimator,
        value,
        standardError,
        exact,
        z,
        offPercent,
        allowedPercent,
        passed,
      }) => [
        ...[
          model,
          payoff,
          greek,
          estimator,
          withError(value, standardError),
          String(Number(exact.toPrecision(8))),
        ],
        ...[z.toFixed(1), percent(offPercent), percent(allowedPercent), passed ? "ok" : "FAILED"],
      ],
    ),
  ];
  const aligned = alignedRows(cells, (column) => column > 3 && column < 9);
  const failed = rows.filter(({ passed }) => !passed).length;
  const worst = rows.reduce((most, { z }) => Math.max(most, Math.abs(z)), 0);
  return `${aligned.map((row) => row.join("  ").trimEnd()).join("\n")}\n\n${rows.length} numbers against closed forms: ${failed} outside five standard errors and the allowed bias; worst z ${worst.toFixed(1)}\n`;
}
