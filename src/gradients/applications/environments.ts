import { cos, sin } from "../../numerics/circular.js";
import { square } from "../../numerics/elementary.js";
import type { Environment } from "./policy-gradient.js";

const NOTHING = new Float64Array(0);

/** A bandit with certain rewards: one action, one reward, over. */
export function bandit(rewards: readonly number[]): Environment {
  return {
    reset: () => NOTHING,
    step: (action) => ({ observation: NOTHING, reward: rewards[action]!, done: true }),
  };
}

const GRAVITY = 9.8;
const CART_MASS = 1;
const POLE_MASS = 0.1;
const TOTAL_MASS = CART_MASS + POLE_MASS;
const HALF_LENGTH = 0.5;
const FORCE = 10;
const STEP_SECONDS = 0.02;
const FARTHEST = 2.4;
const STEEPEST = (12 * Math.PI) / 180;

/**
 * A pole to be balanced on a cart that is pushed left (0) or right (1): reward 1 per step until it falls or the cart leaves.
 * Observation: position, velocity, angle, angular velocity. Barto, Sutton and Anderson (1983), in the form of CartPole-v1.
 */
export function cartPole(): Environment {
  let state = new Float64Array(4);
  return {
    reset(random) {
      state = Float64Array.from({ length: 4 }, () => 0.1 * random() - 0.05);
      return state;
    },
    step(action) {
      const [position, velocity, angle, spin] = state as unknown as [number, number, number, number];
      const [sine, cosine] = [sin(angle), cos(angle)];
      const push =
        ((action === 1 ? FORCE : -FORCE) + POLE_MASS * HALF_LENGTH * square(spin) * sine) / TOTAL_MASS;
      const turn =
        (GRAVITY * sine - cosine * push) /
        (HALF_LENGTH * (4 / 3 - (POLE_MASS * square(cosine)) / TOTAL_MASS));
      const thrust = push - (POLE_MASS * HALF_LENGTH * turn * cosine) / TOTAL_MASS;
      state = Float64Array.of(
        position + STEP_SECONDS * velocity,
        velocity + STEP_SECONDS * thrust,
        angle + STEP_SECONDS * spin,
        spin + STEP_SECONDS * turn,
      );
      const done = Math.abs(state[0]!) > FARTHEST || Math.abs(state[2]!) > STEEPEST;
      return { observation: state, reward: 1, done };
    },
  };
}
