import { log, square } from "../../numerics/elementary.js";
import type { ColumnDistribution } from "../column-distribution.js";
import { markovPath } from "../combinators/markov-path.js";
import { MOVES_IN_JUMPS } from "../reasons.js";

/**
 * The regimes of a market over time steps, 0 calm and 1 troubled: it begins calm, and a step of each regime ends in a switch with
 * probability `worsens` or `recovers`. Coordinates: the regimes of the steps after the first. Hamilton (1989).
 */
export function regimePath({
  worsens,
  recovers,
  steps,
}: {
  readonly worsens: number;
  readonly recovers: number;
  readonly steps: number;
}): ColumnDistribution {
  const switching = [worsens, recovers];
  return markovPath({
    name: "regime-path",
    terms: {
      worsens: {
        kind: "number",
        meaning: "probability of calm turning to trouble",
        unit: "per step",
        above: 0,
        below: 1,
      },
      recovers: {
        kind: "number",
        meaning: "probability of trouble turning to calm",
        unit: "per step",
        above: 0,
        below: 1,
      },
    },
    values: { worsens, recovers },
    start: [0],
    steps: steps - 1,
    noise: ["uniform"],
    sample({ from: [from], to: [to] }, [u]) {
      for (let i = 0; i < to!.length; i++) {
        const regime = from![i]!;
        to![i] = u![i]! < switching[regime]! ? 1 - regime : regime;
      }
    },
    addLogProb({ from: [from], to: [to] }, out) {
      for (let i = 0; i < out.length; i++) {
        const probability = switching[from![i]!]!;
        out[i]! += log(to![i]! === from![i]! ? 1 - probability : probability);
      }
    },
    addScore({ from: [from], to: [to] }, out) {
      for (let i = 0; i < to!.length; i++) {
        const regime = from![i]!;
        const probability = switching[regime]!;
        out[regime]![i]! += to![i]! === regime ? -1 / (1 - probability) : 1 / probability;
      }
    },
    addScoreJacobian({ from: [from], to: [to] }, [worsensTwice, , recoversTwice]) {
      for (let i = 0; i < to!.length; i++) {
        const regime = from![i]!;
        const probability = switching[regime]!;
        const out = regime === 0 ? worsensTwice! : recoversTwice!;
        out[i]! -= 1 / square(to![i]! === regime ? 1 - probability : probability);
      }
    },
    pathwise: MOVES_IN_JUMPS,
  });
}
