import type { TermTable } from "../../numerics/terms.js";
import { multiply } from "../build.js";
import type { Product } from "../product.js";
import { barrier, touched, touchType } from "./barrier-events.js";
import { watchedPayoff } from "./schedule.js";
import { cash, watched } from "./shared-terms.js";

const terms = { barrier, barrier_type: touchType, cash, observations: watched } as const satisfies TermTable;

/** Pays cash at expiry if no observed price touches the barrier. */
export const noTouch: Product<typeof terms> = {
  name: "no-touch",
  meaning: "cash at expiry if the barrier is never touched",
  terms,
  payoff({ barrier, barrier_type, cash, observations }, expiry) {
    return watchedPayoff(observations, expiry, (schedule) =>
      multiply(touched(barrier_type, schedule, barrier).untouched, cash),
    );
  },
};
