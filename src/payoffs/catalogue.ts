import type { Product } from "./product.js";
import { asian } from "./products/asian.js";
import { asianDigital } from "./products/asian-digital.js";
import { assetDigital } from "./products/asset-digital.js";
import { autocall } from "./products/autocall.js";
import { barrier } from "./products/barrier.js";
import { barrierDigital } from "./products/barrier-digital.js";
import { cliquet } from "./products/cliquet.js";
import { custom } from "./products/custom.js";
import { digital } from "./products/digital.js";
import { doubleBarrier } from "./products/double-barrier.js";
import { doubleNoTouch } from "./products/double-no-touch.js";
import { forward } from "./products/forward.js";
import { gap } from "./products/gap.js";
import { lookback } from "./products/lookback.js";
import { noTouch } from "./products/no-touch.js";
import { phoenix } from "./products/phoenix.js";
import { rangeDigital } from "./products/range-digital.js";
import { touch } from "./products/touch.js";
import { vanilla } from "./products/vanilla.js";
import { varianceSwap } from "./products/variance-swap.js";

const all: readonly Product[] = [
  forward,
  vanilla,
  digital,
  assetDigital,
  gap,
  rangeDigital,
  asian,
  asianDigital,
  barrier,
  barrierDigital,
  touch,
  noTouch,
  doubleBarrier,
  doubleNoTouch,
  lookback,
  autocall,
  phoenix,
  cliquet,
  varianceSwap,
  custom,
];

/** Every product by its name. It has no prototype, so that "constructor" is no product. */
export const products: Readonly<Record<string, Product>> = Object.assign(
  Object.create(null),
  Object.fromEntries(all.map((product) => [product.name, product])),
);
