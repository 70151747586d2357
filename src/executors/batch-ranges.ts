import type { Control, EstimateRequest } from "../analysis/executor.js";
import type { BatchMeans } from "../gradients/batch-means.js";

/** Batches that need not be run, told as done. */
export function storedBatches(
  { batches }: EstimateRequest,
  { onBatch, store }: { readonly onBatch: () => void; readonly store: Control["store"] },
): Map<number, BatchMeans> {
  const means = new Map<number, BatchMeans>();
  if (store === undefined) return means;
  for (let batch = 0; batch < batches; batch++) {
    const stored = store.get(batch);
    if (stored === undefined) continue;
    means.set(batch, stored);
    onBatch();
  }
  return means;
}

/** The next batches that are missing, at most `size` in a row; undefined when there are none. */
export function nextBatches(
  known: { has(batch: number): boolean },
  { from, size, batches }: { readonly from: number; readonly size: number; readonly batches: number },
): { readonly first: number; readonly count: number } | undefined {
  let first = from;
  while (first < batches && known.has(first)) first++;
  if (first >= batches) return undefined;
  let end = first + 1;
  while (end < batches && end - first < size && !known.has(end)) end++;
  return { first, count: end - first };
}

/** Batches are merged in their order, wherever and whenever they were run. */
export function inOrder(means: ReadonlyMap<number, BatchMeans>, batches: number): readonly BatchMeans[] {
  return Array.from({ length: batches }, (_, batch) => means.get(batch)!);
}
