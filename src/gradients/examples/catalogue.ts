import { bandit, cartPole, coin, coins, gumbelSoftmax } from "./discrete.js";
import type { Example } from "./example.js";
import {
  bermudanPut,
  blackScholesCall,
  blackScholesDigital,
  creditTranche,
  mertonJumps,
  regimeSwitching,
} from "./finance.js";
import { normalBump, normalCosine, normalSquare } from "./normal-functions.js";
import { elboCoin, elboConjugate, elboLogistic } from "./variational.js";

/** Every example that `grecian gradient` runs. */
export const examples: readonly Example[] = [
  normalSquare,
  normalBump,
  normalCosine,
  coin,
  coins,
  gumbelSoftmax,
  bandit,
  cartPole,
  elboConjugate,
  elboCoin,
  elboLogistic,
  blackScholesCall,
  blackScholesDigital,
  mertonJumps,
  creditTranche,
  regimeSwitching,
  bermudanPut,
];
