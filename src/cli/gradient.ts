import { examples } from "../gradients/examples/catalogue.js";
import type { ExampleRow } from "../gradients/examples/example.js";
import { alignedRows } from "../report/text-table.js";
import { withError } from "../report/with-error.js";
import { type Io, UsageError } from "./io.js";
import { choice, wholeNumber } from "./option-values.js";

interface GradientArguments {
  readonly samples: string;
  readonly sampler: string;
  readonly seed: string;
  readonly json?: boolean;
}

export function listExamples({ json }: { readonly json?: boolean }, io: Io): void {
  const list = examples.map(({ name, meaning }) => ({ name, meaning }));
  if (json) io.stdout(`${JSON.stringify(list, null, 2)}\n`);
  else for (const { name, meaning } of list) io.stdout(`${name}: ${meaning}\n`);
}

/** Runs an example by each of its estimators, and sets the estimates against the exact value. */
export async function runGradient(
  name: string | undefined,
  { samples, sampler, seed, json }: GradientArguments,
  io: Io,
): Promise<void> {
  if (name === undefined)
    throw new UsageError("an example must be named; grecian gradient --list shows them");
  const chosen = choice(
    "example",
    name,
    examples.map((example) => example.name),
  );
  const example = examples.find((candidate) => candidate.name === chosen)!;
  const rows = await example.run({
    samples: wholeNumber("--samples", samples, 1),
    sampler: choice("--sampler", sampler, ["random", "sobol"]),
    seed,
  });
  io.stdout(
    json
      ? `${JSON.stringify(
          rows.map((row) => jsonRow(example.name, row)),
          null,
          2,
        )}\n`
      : table(rows),
  );
}

function jsonRow(
  name: string,
  { parameter, estimator, bias, estimate, exact, standardError, variance }: ExampleRow,
) {
  return { name, parameter, estimator, estimate, exact, std_error: standardError, variance, bias };
}

function table(rows: readonly ExampleRow[]): string {
  const cells = [
    [
      "parameter",
      "estimate ± std. error",
      "exact",
      "off by (std. errors)",
      "variance of a draw",
      "estimator",
    ],
    ...rows.map(({ parameter, estimator, bias, estimate, exact, standardError, variance }) => [
      parameter,
      withError(estimate, standardError),
      exact === null ? "" : String(Number(exact.toPrecision(8))),
      exact === null ? "" : ((estimate - exact) / standardError).toFixed(1),
      variance.toPrecision(4),
      bias === null ? estimator : `${estimator} (biased: ${bias})`,
    ]),
  ];
  const aligned = alignedRows(cells, (column) => column > 0 && column < 5);
  return `${aligned.map((row) => row.join("  ").trimEnd()).join("\n")}\n`;
}
