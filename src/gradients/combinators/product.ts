import {
  type Capability,
  type ColumnDistribution,
  type Columns,
  columnDistribution,
  type DrawnBlock,
  pairIndex,
} from "../column-distribution.js";
import type { Noise } from "../noise.js";

/**
 * Independent parts side by side: coordinates in the order of the parts, parameters named part.parameter (part_0.parameter …
 * for a list). Scores stand beside each other, and mixed second derivatives of log p are 0.
 */
export function product(
  parts: Readonly<Record<string, ColumnDistribution>> | readonly ColumnDistribution[],
): ColumnDistribution {
  const named = Array.isArray(parts)
    ? parts.map((part: ColumnDistribution, i) => [`part_${i}`, part] as const)
    : Object.entries(parts as Readonly<Record<string, ColumnDistribution>>);
  if (named.length === 0) throw new RangeError("product: there must be at least one part");
  const all = named.map(([, part]) => part);
  const layout = layOut(all);
  const count = layout.reduce((sum, { parameters }) => sum + parameters, 0);
  const partOf = (j: number) => layout.findLast(({ firstParameter }) => firstParameter <= j)!;
  const within = (columns: Columns, first: number, n: number) => columns.slice(first, first + n);

  /** All parts' capability, or the first reason against it. */
  const every = <T>(of: (part: ColumnDistribution) => Capability<T>): Capability<readonly T[]> => {
    const found: T[] = [];
    for (const [name, part] of named) {
      const capability = of(part);
      if (typeof capability === "string") return `${name}: ${capability}`;
      found.push(capability);
    }
    return found;
  };
  const then = <T, U>(capability: Capability<T>, build: (value: T) => U): Capability<U> =>
    typeof capability === "string" ? capability : build(capability as T);

  /** Extra noise of all parts, and the block that a part sees of it. */
  const share = (noises: readonly (readonly Noise[])[]) => {
    const firsts = noises.map((_, p) => noises.slice(0, p).reduce((sum, noise) => sum + noise.length, 0));
    return {
      noise: noises.flatMap((noise, p) =>
        noise.map((kind) =>
          typeof kind === "object" && "tangentOf" in kind
            ? { tangentOf: kind.tangentOf + layout[p]!.firstNoise }
            : kind,
        ),
      ),
      blockOf: ({ noise, x, extra }: DrawnBlock, { index, part, firstNoise, firstCoordinate }: Place) => ({
        noise: within(noise, firstNoise, part.noise.length),
        x: within(x, firstCoordinate, part.dimension),
        extra: within(extra, firsts[index]!, noises[index]!.length),
      }),
    };
  };

  return columnDistribution({
    name: "product",
    terms: Object.fromEntries(
      named.flatMap(([name, part]) =>
        Object.entries(part.terms).map(([own, term]) => [`${name}.${own}`, term]),
      ),
    ),
    values: Object.fromEntries(
      named.flatMap(([name, part]) =>
        Object.entries(part.values).map(([own, value]) => [`${name}.${own}`, value]),
      ),
    ),
    dimension: layout.reduce((sum, { part }) => sum + part.dimension, 0),
    noise: layout.flatMap(({ part, firstNoise }) =>
      part.noise.map((kind) =>
        typeof kind === "object" && "tangentOf" in kind ? { tangentOf: kind.tangentOf + firstNoise } : kind,
      ),
    ),
    sample(noise, x) {
      for (const { part, firstNoise, firstCoordinate } of layout) {
        part.sample(within(noise, firstNoise, part.noise.length), within(x, firstCoordinate, part.dimension));
      }
    },
    logProb(x, out) {
      const own = new Float64Array(out.length);
      out.fill(0);
      for (const { part, firstCoordinate } of layout) {
        part.logProb(within(x, firstCoordinate, part.dimension), own);
        for (let i = 0; i < out.length; i++) out[i]! += own[i]!;
      }
    },
    score: then(
      every((part) => part.score),
      (scores) => (x, out) => {
        for (const { index, part, firstCoordinate, firstParameter, parameters } of layout) {
          scores[index]!(within(x, firstCoordinate, part.dimension), within(out, firstParameter, parameters));
        }
      },
    ),
    scoreJacobian: then(
      every((part) => part.scoreJacobian),
      (jacobians) => (x, out) => {
        for (const column of out) column.fill(0);
        for (const { index, part, firstCoordinate, firstParameter, parameters } of layout) {
          const own: Float64Array[] = [];
          for (let i = 0; i < parameters; i++) {
            for (let j = i; j < parameters; j++) {
              own[pairIndex(i, j, parameters)] =
                out[pairIndex(firstParameter + i, firstParameter + j, count)]!;
            }
          }
          jacobians[index]!(within(x, firstCoordinate, part.dimension), own);
        }
      },
    ),
    pathwise: then(
      every((part) => part.pathwise),
      (paths) => {
        const shared = share(paths.map(({ noise }) => noise));
        return {
          noise: shared.noise,
          obstacle: (j) => paths[partOf(j).index]!.obstacle?.(j - partOf(j).firstParameter) ?? null,
          tangent(block, j, out) {
            const place = partOf(j);
            for (const column of out) column.fill(0);
            const own = within(out, place.firstCoordinate, place.part.dimension);
            paths[place.index]!.tangent(shared.blockOf(block, place), j - place.firstParameter, own);
          },
        };
      },
    ),
    weakDerivative: then(
      every((part) => part.weakDerivative),
      (weak) => {
        const shared = share(weak.map(({ noise }) => noise));
        return {
          noise: shared.noise,
          obstacle: (j) => weak[partOf(j).index]!.obstacle?.(j - partOf(j).firstParameter) ?? null,
          pairs: (j) => weak[partOf(j).index]!.pairs(j - partOf(j).firstParameter),
          pair({ j, m }, block, { plus, minus, weight }) {
            const place = partOf(j);
            const own = (columns: Columns) => within(columns, place.firstCoordinate, place.part.dimension);
            for (const [d, column] of block.x.entries()) {
              plus[d]!.set(column);
              minus[d]!.set(column);
            }
            weak[place.index]!.pair({ j: j - place.firstParameter, m }, shared.blockOf(block, place), {
              plus: own(plus),
              minus: own(minus),
              weight,
            });
          },
        };
      },
    ),
    support: then(
      every((part) => part.support),
      (supports) => () =>
        supports.reduce<readonly (readonly number[])[]>(
          (points, support) => points.flatMap((point) => support().map((own) => [...point, ...own])),
          [[]],
        ),
    ),
    relaxable: then(
      every((part) => part.relaxable),
      (relaxables) => ({
        groups: relaxables.flatMap(({ groups }) => groups),
        jacobian: relaxables.flatMap(({ jacobian }, p) => {
          const { firstParameter, parameters } = layout[p]!;
          return jacobian.map((row) =>
            Array.from({ length: count }, (_, j) =>
              j >= firstParameter && j < firstParameter + parameters ? row[j - firstParameter]! : 0,
            ),
          );
        }),
      }),
    ),
    entropy: then(
      every((part) => part.entropy),
      (entropies) => ({
        value: entropies.reduce((sum, { value }) => sum + value, 0),
        gradient: entropies.flatMap(({ gradient }) => gradient),
      }),
    ),
  });
}

/** Where a part's columns begin. */
interface Place {
  readonly index: number;
  readonly part: ColumnDistribution;
  readonly firstNoise: number;
  readonly firstCoordinate: number;
  readonly firstParameter: number;
  readonly parameters: number;
}

function layOut(parts: readonly ColumnDistribution[]): readonly Place[] {
  const places: Place[] = [];
  const next = { firstNoise: 0, firstCoordinate: 0, firstParameter: 0 };
  for (const [index, part] of parts.entries()) {
    places.push({ index, part, parameters: part.parameters.length, ...next });
    next.firstNoise += part.noise.length;
    next.firstCoordinate += part.dimension;
    next.firstParameter += part.parameters.length;
  }
  return places;
}
