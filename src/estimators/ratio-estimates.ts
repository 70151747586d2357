import { addMultiples, type BatchMeans, type Columns } from "../gradients/batch-means.js";
import { batchStatistics } from "../gradients/batch-statistics.js";
import type { Derivative } from "../gradients/distribution.js";
import { remembered } from "../numerics/remembered.js";
import { discountFactor, discountTangentOf, knownMeans, type Schedule } from "../simulation/schedule.js";
import { columnOf, controlMean } from "./control-variates.js";
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

/** E[f W] of the trades, out of the batches and less what the pilot's controls explain. */
export class RatioEstimates implements RunEstimates {
  readonly scoreZ: readonly number[];
  readonly #run: RatioRows;
  readonly #means: WeightMeans;
  readonly #pilot: Pilot;
  /** What each control of a weight lacks of its mean, batch by batch. */
  readonly #shortfalls: readonly Columns[];
  readonly #discountOf: (date: number | undefined) => number;

  constructor(run: RatioRows, means: WeightMeans, pilot: Pilot) {
    const { schedule, derivatives, asked, controlRow } = run;
    this.#run = run;
    this.#means = means;
    this.#pilot = pilot;
    const shortfallOf = remembered((place: number) => {
      const control = { row: Math.floor(place / derivatives.length), column: place % derivatives.length };
      const exact = controlMean(schedule, derivatives, control);
      return means.of(controlRow + control.row, control.column).map((mean) => exact - mean);
    });
    this.#shortfalls = pilot.controls.map((ofColumn) => {
      const columns = ofColumn.map(({ row, column }) => shortfallOf(row * derivatives.length + column));
      return {
        values: Float64Array.from(columns.flatMap((own) => [...own])),
        start: 0,
        count: columns.length,
      };
    });
    this.#discountOf = remembered((date) => discountFactor(schedule, date));
    const { bond } = knownMeans(schedule);
    this.scoreZ = derivatives.slice(0, asked).map((derivative, g) => {
      const { mean, standardError } = batchStatistics(means.of(controlRow, g));
      return standardError > 0 ? (mean - bond(derivative)) / standardError : 0;
    });
  }

  of(t: number, g: number, into?: BatchMeans): BatchMeans {
    const payments = this.#run.payments.of(t);
    const sum = this.#payment(payments[0]!, g, into);
    for (let i = 1; i < payments.length; i++) add(sum, this.#payment(payments[i]!, g), 1);
    return sum;
  }

  cost(t: number): number {
    return this.#run.cost(t);
  }

  /** ∂_g of what a row pays at its date. */
  #payment({ row, date }: PaymentRow, g: number, into?: BatchMeans): BatchMeans {
    const sum = this.#mean(row, g, into);
    const slopes = this.#run.slopes[row]!;
    if (slopes !== null) this.#addSlopes(sum, slopes, g);
    if (date !== undefined) this.#addDate(sum, row, g, date);
    const discount = this.#discountOf(date);
    if (discount === 1) return sum;
    for (let b = 0; b < sum.length; b++) sum[b]! *= discount;
    return sum;
  }

  /** E[f W_g] of a row, less what its controls explain. */
  #mean(row: number, g: number, into?: BatchMeans): BatchMeans {
    const { coefficients, stride } = this.#pilot;
    const values = this.#means.of(row, g, into);
    addMultiples(values, this.#shortfalls[g]!, coefficients, placeIn(this.#pilot, row, g) * stride);
    return values;
  }

  /** What the amount itself owes to the parameters, given the prices. */
  #addSlopes(sum: BatchMeans, slopes: ReadonlyMap<string, number>, g: number): void {
    const { derivatives } = this.#run;
    for (const { taken, left } of partsOf(derivatives[g]!)) {
      const slope = slopes.get(derivativeKey(taken));
      if (slope !== undefined) add(sum, this.#mean(slope, columnOf(derivatives, left)), 1);
    }
  }

  /** The weights carry the discount factor of the last date; of an earlier payment its own has to take its place. */
  #addDate(sum: BatchMeans, row: number, g: number, date: number): void {
    const { schedule, derivatives } = this.#run;
    const derivative = derivatives[g]!;
    const shifts = derivative.map((parameter) => discountTangentOf(schedule, parameter, date));
    for (const [i, shift] of shifts.entries()) {
      if (shift === 0) continue;
      const left = derivative.filter((_, other) => other !== i);
      add(sum, this.#mean(row, columnOf(derivatives, left)), shift);
    }
    if (shifts.length === 2 && shifts[0]! * shifts[1]! !== 0)
      throw new Error(`payments before the last date have no derivative in ${derivative.join(" and ")}`);
  }
}

function add(sum: BatchMeans, part: BatchMeans, factor: number): void {
  for (let b = 0; b < sum.length; b++) sum[b]! += factor * part[b]!;
}
