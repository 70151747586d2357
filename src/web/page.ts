import type { Remote } from "comlink";
import type { Desk } from "./desk.js";
import type { Choices, DeskOptions, InputsView } from "./desk-views.js";

/** What the parts of the page have of each other. */
export interface Page {
  readonly desk: Remote<Desk>;
  readonly choices: Promise<Choices>;
  /** The options as they stand in the form. */
  options(): DeskOptions;
  /** Inputs that were changed: shown everywhere, and valued anew. While something is dragged, with few paths. */
  changed(inputs: InputsView, how: "dragging" | "done"): void;
  /** Something went wrong that is not about a field. */
  tell(message: string): void;
}
