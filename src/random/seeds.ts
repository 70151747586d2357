import seedrandom from "seedrandom";

/**
 * The key (two unsigned 32-bit words) of a random stream, from the seed a user typed and the names that tell streams
 * apart: ("a", "bc") and ("ab", "c") are different streams. Never touches Math.random.
 */
export function streamKey(seed: string, ...parts: readonly string[]): [number, number] {
  // seedrandom reads the low byte of each character, so everything beyond ASCII is escaped.
  const text = JSON.stringify([seed, ...parts]).replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const generator = seedrandom(text);
  return [generator.int32() >>> 0, generator.int32() >>> 0];
}
