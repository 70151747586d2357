import type { EstimateRequest } from "../analysis/executor.js";
import { dynamics } from "../dynamics/catalogue.js";
import type { Pilot } from "../estimators/pilot.js";
import type { BatchMeans } from "../gradients/batch-means.js";

/** A request as data: the model by its name. */
export interface PortableRequest extends Omit<EstimateRequest, "schedule"> {
  readonly schedule: Omit<EstimateRequest["schedule"], "dynamics"> & { readonly dynamics: string };
}

export type ToWorker =
  | { readonly kind: "open"; readonly run: number; readonly request: PortableRequest }
  | { readonly kind: "pilot"; readonly run: number }
  | { readonly kind: "batches"; readonly run: number; readonly first: number; readonly count: number }
  | { readonly kind: "close"; readonly run: number };

/** An answer, and the run it belongs to. */
export type FromWorker = { readonly run: number } & (
  | { readonly kind: "pilot"; readonly pilots: readonly Pilot[] }
  | {
      readonly kind: "batches";
      readonly first: number;
      readonly means: readonly BatchMeans[];
      readonly milliseconds: number;
    }
  | { readonly kind: "failed"; readonly message: string }
);

export function portable(request: EstimateRequest): PortableRequest {
  return { ...request, schedule: { ...request.schedule, dynamics: request.schedule.dynamics.name } };
}

export function unpacked(request: PortableRequest): EstimateRequest {
  return { ...request, schedule: { ...request.schedule, dynamics: dynamics[request.schedule.dynamics]! } };
}

/** Whether a request can be sent: payoffs given as code cannot. */
export function isPortable({ parts }: EstimateRequest): boolean {
  return parts.every(({ amounts }) => amounts.every((amount) => typeof amount !== "function"));
}
