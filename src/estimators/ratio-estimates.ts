import type { BatchMeans } from "../gradients/batch-means.js";
import { batchStatistics } from "../gradients/batch-statistics.js";
import type { Derivative } from "../gradients/distribution.js";
import type { Control } from "../gradients/moments.js";
import { type Kernel, type Pointer, written } from "../kernel/kernel.js";
import { remembered } from "../numerics/remembered.js";
import { discountFactor, discountTangentOf, knownMeans, type Schedule } from "../simulation/schedule.js";
import { BOND, CONTROL_ROWS, columnOf, controlMean } from "./control-variates.js";
import type { RunEstimates } from "./estimator.js";
import { derivativeKey, partsOf } from "./market-numbers.js";
import type { PaymentRow, PaymentRows } from "./payment-rows.js";
import { type Pilot, placeIn } from "./pilot.js";
import type { WeightMeans } from "./weight-means.js";

/** What a run of the likelihood ratio has in its batches. */
export interface RatioRows {
  readonly schedule: Schedule;
  /** The weights there are: those of what was asked first, `asked` of them. */
  readonly derivatives: readonly Derivative[];
  readonly asked: number;
  readonly payments: PaymentRows;
  /** The rows that hold a payment's own derivatives in the parameters, under `derivativeKey`s; null where it has none. */
  readonly slopes: readonly (ReadonlyMap<string, number> | null)[];
  /** The first of the control rows. */
  readonly controlRow: number;
  /** Of the trade's path and its weights, in nanoseconds. */
  cost(t: number): number;
}

/** Bytes of the trades that are merged at once: few enough for a cache, enough that what they share counts for little. */
const WINDOW_BYTES = 65_536;

/**
 * E[f W] of the trades, out of the batches and less what the pilot's controls explain. For readers that go from trade to trade:
 * neighbours are merged together, every Greek of theirs, in memory that the kernel has free.
 */
export class RatioEstimates implements RunEstimates {
  readonly scoreZ: readonly number[];
  readonly #kernel: Kernel;
  readonly #run: RatioRows;
  readonly #means: WeightMeans;
  readonly #pilot: Pilot;
  /** What each control of a weight lacks of its mean, batch by batch: as many controls for every weight as the pilot's stride. */
  readonly #shortfalls: Float64Array;
  readonly #discountOf: (date: number | undefined) => number;
  /** Some trades, from `#first` on: Greek after Greek, each of them batch by batch. */
  readonly #window: Float64Array;
  readonly #trades: number;
  #first = -1;

  constructor(kernel: Kernel, run: RatioRows, means: WeightMeans, pilot: Pilot) {
    const { schedule, derivatives, asked, controlRow, payments } = run;
    const { batches, length } = means;
    this.#kernel = kernel;
    this.#run = run;
    this.#means = means;
    this.#pilot = pilot;
    this.#discountOf = remembered((date) => discountFactor(schedule, date));
    this.#trades = Math.max(1, Math.min(payments.trades, Math.floor(WINDOW_BYTES / (asked * length * 8))));
    this.#window = new Float64Array(this.#trades * asked * length);

    const mark = kernel.mark();
    const rows = Array.from({ length: CONTROL_ROWS }, (_, row) => means.of(controlRow + row));
    const meansOf = ({ row, column }: Control) => kernel.column(rows[row]! + column * length * 8, batches);
    const { bond } = knownMeans(schedule);
    this.scoreZ = derivatives.slice(0, asked).map((derivative, column) => {
      const { mean, standardError } = batchStatistics(meansOf({ row: BOND, column }));
      return standardError > 0 ? (mean - bond(derivative)) / standardError : 0;
    });
    const exact = rows.map((_, row) =>
      derivatives.map((_, column) => controlMean(schedule, derivatives, { row, column })),
    );
    this.#shortfalls = new Float64Array(derivatives.length * pilot.stride * length);
    for (const [g, controls] of pilot.controls.entries()) {
      for (const [k, control] of controls.entries()) {
        const own = meansOf(control).map((mean) => exact[control.row]![control.column]! - mean);
        this.#shortfalls.set(own, (g * pilot.stride + k) * length);
      }
    }
    kernel.release(mark);
  }

  of(t: number, g: number, into: BatchMeans = new Float64Array(this.#means.batches)): BatchMeans {
    const first = t - (t % this.#trades);
    if (first !== this.#first) this.#merge(first);
    const start = ((t - first) * this.#run.asked + g) * this.#means.length;
    for (let b = 0; b < into.length; b++) into[b] = this.#window[start + b]!;
    return into;
  }

  cost(t: number): number {
    return this.#run.cost(t);
  }

  #merge(first: number): void {
    const { payments, asked } = this.#run;
    const { exports: ops } = this.#kernel;
    const mark = this.#kernel.mark();
    const shortfalls = written(this.#kernel, this.#shortfalls);
    const size = asked * this.#means.length;
    const count = Math.min(this.#trades, payments.trades - first);
    const sums = this.#kernel.allocate(count * size * 8);
    ops.fill(sums, 0, count * size);
    for (let i = 0; i < count; i++) {
      for (const payment of payments.of(first + i)) {
        const ofPayment = this.#kernel.mark();
        const own = this.#payment(payment, shortfalls);
        ops.add(sums + i * size * 8, sums + i * size * 8, own, size);
        this.#kernel.release(ofPayment);
      }
    }
    this.#window.set(this.#kernel.column(sums, count * size));
    this.#kernel.release(mark);
    this.#first = first;
  }

  /** The Greeks of what a row pays at its date. */
  #payment({ row, date }: PaymentRow, shortfalls: Pointer): Pointer {
    const { exports: ops } = this.#kernel;
    const means = this.#row(row, shortfalls);
    const slopes = this.#run.slopes[row]!;
    const discount = this.#discountOf(date);
    if (slopes === null && date === undefined && discount === 1) return means;
    const size = this.#run.asked * this.#means.length;
    const sums = this.#kernel.allocate(size * 8);
    ops.copy(sums, means, size);
    if (slopes !== null) this.#addSlopes(sums, slopes, shortfalls);
    if (date !== undefined) this.#addDate(sums, means, date);
    ops.multiplyScalar(sums, sums, discount, size);
    return sums;
  }

  /** E[f W] of a row for every weight, less what its controls explain. */
  #row(row: number, shortfalls: Pointer): Pointer {
    const { exports: ops } = this.#kernel;
    const { controls, coefficients, stride } = this.#pilot;
    const { length } = this.#means;
    const bytes = length * 8;
    const means = this.#means.of(row);
    const start = placeIn(this.#pilot, row, 0) * stride;
    const own = written(this.#kernel, coefficients.subarray(start, start + controls.length * stride));
    for (let g = 0; g < controls.length; g++) {
      const [columns, factors] = [shortfalls + g * stride * bytes, own + g * stride * 8];
      ops.addMultiples(means + g * bytes, columns, bytes, factors, controls[g]!.length, length);
    }
    return means;
  }

  /** What the amount itself owes to the parameters, given the prices. */
  #addSlopes(sums: Pointer, slopes: ReadonlyMap<string, number>, shortfalls: Pointer): void {
    const { derivatives, asked } = this.#run;
    const rows = new Map([...slopes].map(([key, row]) => [key, this.#row(row, shortfalls)]));
    for (let g = 0; g < asked; g++) {
      for (const { taken, left } of partsOf(derivatives[g]!)) {
        const row = rows.get(derivativeKey(taken));
        if (row !== undefined) this.#add(sums, g, row, left, 1);
      }
    }
  }

  /** The weights carry the discount factor of the last date; of an earlier payment its own has to take its place. */
  #addDate(sums: Pointer, means: Pointer, date: number): void {
    const { schedule, derivatives, asked } = this.#run;
    for (let g = 0; g < asked; g++) {
      const derivative = derivatives[g]!;
      const shifts = derivative.map((parameter) => discountTangentOf(schedule, parameter, date));
      for (const [i, shift] of shifts.entries()) {
        if (shift === 0) continue;
        const left = derivative.filter((_, other) => other !== i);
        this.#add(sums, g, means, left, shift);
      }
      if (shifts.length === 2 && shifts[0]! * shifts[1]! !== 0)
        throw new Error(`payments before the last date have no derivative in ${derivative.join(" and ")}`);
    }
  }

  /** Adds to Greek g a multiple of the mean of a row's weight. */
  #add(sums: Pointer, g: number, row: Pointer, weight: Derivative, factor: number): void {
    const bytes = this.#means.length * 8;
    const mean = row + columnOf(this.#run.derivatives, weight) * bytes;
    this.#kernel.exports.multiplyAddScalar(sums + g * bytes, mean, factor, this.#means.length);
  }
}
