import { describe, expect, test } from "vitest";
import { readTable } from "../reference/read.js";
import { columnOf, kernel } from "./columns.js";

interface Variate {
  readonly lambda: number;
  readonly gamma: number;
  readonly w: number;
  readonly q: number;
}

/** ∂x/∂d of variates of the same degrees of freedom. */
function flows(degrees: number, variates: readonly Variate[]): readonly number[] {
  const mark = kernel.mark();
  const column = (of: (variate: Variate) => number) => columnOf(variates.map(of));
  const { pointer: y, n } = column(({ lambda, gamma }) => lambda * 2 * gamma);
  const { pointer: w } = column((variate) => variate.w);
  const { pointer: q } = column((variate) => variate.q);
  const { pointer: gammas } = column(({ gamma }) => gamma);
  const { pointer: logGammas } = column(({ gamma }) => Math.log(gamma));
  const out = kernel.allocate(n * 8);
  kernel.exports.noncentralFlows(out, n, degrees, y, w, q, gammas, logGammas);
  const result = [...kernel.column(out, n).subarray(0, variates.length)];
  kernel.release(mark);
  return result;
}

const rows = readTable("noncentral-flow.csv") as unknown as readonly (Variate & {
  readonly degrees: number;
  readonly flow: number;
})[];
const allDegrees = [...new Set(rows.map(({ degrees }) => degrees))];

describe.each(allDegrees)("the flow of a noncentral chi-squared variate of %s degrees", (degrees) => {
  const own = rows.filter((row) => row.degrees === degrees);

  test("has nine digits near the origin, five far from it", () => {
    const values = flows(degrees, own);
    expect(own.length).toBe(25);
    for (const [i, { lambda, gamma, flow }] of own.entries()) {
      const isFar = (degrees / 2 - 1) ** 2 + 2 * lambda * gamma > 40000;
      const error = Math.abs(values[i]! / flow - 1);
      expect(error, `lambda ${lambda}, gamma ${gamma}`).toBeLessThan(isFar ? 1e-5 : 1e-9);
    }
  });

  test("has the same bits beside whichever other", () => {
    const alone = own.map((variate) => flows(degrees, [variate])[0]);
    expect(flows(degrees, own)).toEqual(alone);
    expect(flows(degrees, own.toReversed())).toEqual(alone.toReversed());
  });
});
