import { gammaTangent } from "./implicit-tangents";
import { nextGamma, nextPoisson, openStream } from "./latent-stream";

/** Gamma variates of unit scale for paths firstPath …; path i's depends on (key, i, draw, batch) alone. */
export function gammaVariates(
  out: usize,
  n: i32,
  shape: f64,
  key0: u32,
  key1: u32,
  firstPath: u32,
  draw: u32,
  batch: u32,
): void {
  for (let i = 0; i < n; i++) {
    openStream(key0, key1, firstPath + <u32>i, draw, batch);
    store<f64>(out + ((<usize>i) << 3), nextGamma(shape));
  }
}

/** Poisson counts, one per path. */
export function poissonVariates(
  out: usize,
  n: i32,
  mean: f64,
  key0: u32,
  key1: u32,
  firstPath: u32,
  draw: u32,
  batch: u32,
): void {
  for (let i = 0; i < n; i++) {
    openStream(key0, key1, firstPath + <u32>i, draw, batch);
    store<f64>(out + ((<usize>i) << 3), nextPoisson(mean));
  }
}

/** ∂G/∂shape of each variate, with its probability held fixed. */
export function gammaTangents(out: usize, gammas: usize, shape: f64, n: i32): void {
  for (let i = 0; i < n; i++) {
    const at = (<usize>i) << 3;
    store<f64>(out + at, gammaTangent(shape, load<f64>(gammas + at)));
  }
}
