import type { Where } from "../numerics/failure.js";
import type { Product } from "../payoffs/product.js";
import type { ValuationDay } from "./cells.js";

/** Names that can be asked for and listed: a Set, or the Map of a market's underlyings. */
export interface Names {
  has(name: string): boolean;
  keys(): Iterable<string>;
}

/** What the rows of one portfolio file are held against. */
export interface Book {
  readonly file?: string;
  readonly today: ValuationDay;
  readonly products: ReadonlyMap<string, Product>;
  /** Columns that are terms of some product. */
  readonly terms: readonly string[];
  /** The underlyings a trade may name; absent: any. */
  readonly underlyings?: Names;
  /** Underlyings the market names but cannot offer, with the reason. */
  readonly unusable?: ReadonlyMap<string, string>;
  /** The line of every trade id seen so far; reading a trade adds its own. */
  readonly linesOfIds: Map<string, number>;
}

export function fileOf({ file }: Book): Where {
  return file === undefined ? {} : { file };
}
