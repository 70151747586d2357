/** That of a number's first digit, read from its text: a logarithm may round past it. */
export function exponentOf(value: number): number {
  return Number(value.toExponential().split("e")[1]);
}
