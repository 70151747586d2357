import { beforeAll, describe, expect, test } from "vitest";
import { computeGreeks, products, type RunOptions } from "../../src/index.js";
import { bookOf } from "../reference/as-trade.mjs";
import type { ReferenceCase } from "../reference/read.js";
import { naturalSize, unseenSize } from "./natural-size.js";

const UNRELIABLE = "second derivatives of so sticky a variance are not reliable";

/** Values all cases as one book; estimates by case and Greek. */
export async function valueCases(cases: readonly ReferenceCase[], options: RunOptions) {
  const { items, market } = bookOf(cases, products);
  const { results, failures } = await computeGreeks(items, market, {
    estimator: "likelihood-ratio",
    ...options,
  });
  expect(failures).toEqual([]);
  return new Map(
    results.map(({ trade, estimates }) => [
      trade.id,
      new Map(estimates.map((estimate) => [estimate.greek, estimate])),
    ]),
  );
}

export interface Bounds {
  readonly options: RunOptions;
  readonly greeks: readonly string[];
  /** The size of a Greek's standard error that is allowed, as a share of its natural size. */
  readonly largestError: number;
}

/** Every listed Greek of every case: within five standard errors of the truth, and the error itself small enough. */
export function describeReference(title: string, cases: readonly ReferenceCase[], bounds: Bounds): void {
  describe(title, () => {
    let estimates: Awaited<ReturnType<typeof valueCases>>;
    beforeAll(async () => {
      estimates = await valueCases(cases, { ...bounds.options, greeks: bounds.greeks });
    }, 300_000);

    test.each(cases.map((reference) => [reference.id, reference] as const))("%s", (id, reference) => {
      const truths = bounds.greeks.filter((greek) => reference.values[greek] !== undefined);
      expect(truths).not.toEqual([]);
      for (const greek of truths) {
        const { value, standardError, status, note, paths } = estimates.get(id)!.get(greek)!;
        const truth = reference.values[greek]!;
        const label = `${greek} ${value} ± ${standardError}, truth ${truth}, ${JSON.stringify(reference.params)}`;
        const size = naturalSize(greek, reference);
        // Where the program flags that paths beyond a strike were too rare to be seen, an unseen event may be missing; else
        // only rounding is, where the controls explain the payoff entirely.
        const missing = status === "flagged" ? unseenSize(greek, reference, paths) : 1e-12 * size;
        expect(Math.abs(value - truth), label).toBeLessThanOrEqual(5 * standardError + missing);
        // Variances of these weights are infinite, as the note says of them.
        if (!note.includes(UNRELIABLE))
          expect(standardError, label).toBeLessThanOrEqual(bounds.largestError * size);
      }
    });
  });
}
