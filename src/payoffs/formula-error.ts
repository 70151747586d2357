/** A formula that cannot be read. `position` counts characters from 1; the message begins with it: "at character 5: …". */
export class FormulaError extends Error {
  constructor(
    readonly position: number,
    words: string,
  ) {
    super(`at character ${position}: ${words}`);
  }
}
