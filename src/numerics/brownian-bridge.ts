/** W(at) = fromWeight W(from) + toWeight W(to) + deviation Z, with a standard normal Z of its own; null is where W = 0, of weight 0. */
export interface BridgeStep {
  readonly at: number;
  readonly from: number | null;
  readonly fromWeight: number;
  readonly to: number | null;
  readonly toWeight: number;
  readonly deviation: number;
}

/**
 * A Brownian motion at the times 0 = t_0 < t_1 < …, its end first and then midpoints, breadth first, so that the first normals decide
 * where the path goes and the last only its details, as scrambled nets like it. Caflisch, Morokoff and Owen, J. Comput. Finance 1
 * (1997) 27.
 */
export function bridgeSteps(times: readonly number[]): readonly BridgeStep[] {
  const last = times.length - 1;
  if (last < 1) return [];
  const end = { from: null, fromWeight: 0, to: null, toWeight: 0, deviation: Math.sqrt(times[last]!) };
  const steps: BridgeStep[] = [{ at: last, ...end }];
  const gaps: [number, number][] = [[0, last]];
  for (const [from, to] of gaps) {
    if (to - from < 2) continue;
    const at = (from + to) >> 1;
    const [before, after] = [times[at]! - times[from]!, times[to]! - times[at]!];
    const span = before + after;
    steps.push({
      at,
      from: from === 0 ? null : from,
      fromWeight: from === 0 ? 0 : after / span,
      to,
      toWeight: before / span,
      deviation: Math.sqrt((before * after) / span),
    });
    gaps.push([from, at], [at, to]);
  }
  return steps;
}
