// Why a distribution lacks a capability, where several lack it for the same reason.

export const ENDLESS_SUPPORT = "its values cannot be listed: there are infinitely many";
export const NOT_RELAXABLE =
  "it has no logits to relax: relaxations are for Bernoulli and categorical variables";
export const MOVES_IN_JUMPS =
  "its values are discrete: they do not move smoothly with the parameters, so a pathwise derivative is zero or missing";
export const NO_PAIR = "its derivative is not known here as a difference of two densities";
export const NO_ENTROPY = "its entropy has no closed form here";
export const NO_SECOND_ORDER = "its second-order scores are not given";
