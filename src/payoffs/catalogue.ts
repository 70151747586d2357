import type { Product } from "./product.js";
import { asian } from "./products/asian.js";
import { assetDigital } from "./products/asset-digital.js";
import { barrier } from "./products/barrier.js";
import { custom } from "./products/custom.js";
import { digital } from "./products/digital.js";
import { forward } from "./products/forward.js";
import { gap } from "./products/gap.js";
import { rangeDigital } from "./products/range-digital.js";
import { vanilla } from "./products/vanilla.js";

const all: readonly Product[] = [
  forward,
  vanilla,
  digital,
  assetDigital,
  gap,
  rangeDigital,
  asian,
  barrier,
  custom,
];

/** Every product by its name. It has no prototype, so that "constructor" is no product. */
export const products: Readonly<Record<string, Product>> = Object.assign(
  Object.create(null),
  Object.fromEntries(all.map((product) => [product.name, product])),
);
