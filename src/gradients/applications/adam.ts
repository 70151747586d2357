import { power } from "../../numerics/elementary.js";

/**
 * Ascent on noisy gradients: `step` moves θ in place along a gradient, each coordinate at its own pace.
 * Kingma and Ba, "Adam: a method for stochastic optimization" (2015), with their constants.
 */
export function openAdam(
  size: number,
  rate: number,
): { step(theta: Float64Array, gradient: ArrayLike<number>): void } {
  const DECAY = 0.9;
  const SQUARE_DECAY = 0.999;
  const mean = new Float64Array(size);
  const square = new Float64Array(size);
  let steps = 0;
  return {
    step(theta, gradient) {
      steps++;
      for (let j = 0; j < size; j++) {
        const g = gradient[j]!;
        mean[j] = DECAY * mean[j]! + (1 - DECAY) * g;
        square[j] = SQUARE_DECAY * square[j]! + (1 - SQUARE_DECAY) * g * g;
        const unbiased = mean[j]! / (1 - power(DECAY, steps));
        const size = Math.sqrt(square[j]! / (1 - power(SQUARE_DECAY, steps))) + 1e-8;
        theta[j]! += (rate * unbiased) / size;
      }
    },
  };
}
