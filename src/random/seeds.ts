import seedrandom from "seedrandom";

/**
 * The key (two unsigned 32-bit words) of a random stream, from the seed a user typed and the names that tell streams
 * apart: ("a", "bc") and ("ab", "c") are different streams. Never touches Math.random.
 */
export function streamKey(seed: string, ...parts: readonly string[]): [number, number] {
  const generator = generatorOf([seed, ...parts]);
  return [generator.int32() >>> 0, generator.int32() >>> 0];
}

/** A sequence of uniforms in [0, 1), for what is drawn one number at a time. */
export function randomUniforms(seed: string, ...parts: readonly string[]): () => number {
  const generator = generatorOf([seed, ...parts]);
  return () => generator.double();
}

function generatorOf(names: readonly string[]) {
  // seedrandom reads the low byte of each character, so everything beyond ASCII is escaped.
  const text = JSON.stringify(names).replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return seedrandom(text);
}
