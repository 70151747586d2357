import jsep from "jsep";
import { FormulaError } from "./formula-error.js";

/** A text as a syntax tree, with where its parts begin. */
export interface FormulaSyntax {
  readonly root: jsep.Expression;
  /** Characters, from 1, of operands: names, numbers, calls, and what stands in parentheses. */
  readonly positions: ReadonlyMap<jsep.Expression, number>;
}

/** Bounds the call stack of everything that walks a formula. */
export const MAX_DEPTH = 200;
const MAX_LENGTH = 10_000;

/** Signs that come along when a formula is copied from a document. */
const plainSigns: ReadonlyMap<string, string> = new Map([
  ["−", "-"],
  ["–", "-"],
  ["×", "*"],
  ["·", "*"],
  ["÷", "/"],
  ["≤", "<="],
  ["≥", ">="],
]);

/** Parses one expression of names, numbers, calls and operators. Throws FormulaError. */
export function parseSyntax(text: string): FormulaSyntax {
  if (text.length > MAX_LENGTH) {
    throw new FormulaError(
      MAX_LENGTH + 1,
      `a formula must have at most 10,000 characters, got ${text.length.toLocaleString("en")}`,
    );
  }
  refuseForeignCharacters(text);
  const parser = new Parser(text);
  try {
    return { root: parser.parse(), positions: parser.positions };
  } catch (error) {
    if (isParserError(error)) throw new FormulaError(error.index + 1, error.description);
    throw error;
  }
}

function refuseForeignCharacters(text: string): void {
  const foreign = /[^\x20-\x7e\t\r\n]|["'`;{}?@#$\\]/u.exec(text);
  if (foreign === null) return;
  const plain = plainSigns.get(foreign[0]);
  const hint = plain === undefined ? "" : `; write "${plain}"`;
  throw new FormulaError(foreign.index + 1, `${JSON.stringify(foreign[0])} is no part of a formula${hint}`);
}

/** What jsep's `throwError` throws: an index from 0, and its words. */
interface ParserError extends Error {
  readonly index: number;
  readonly description: string;
}

function isParserError(error: unknown): error is ParserError {
  return error instanceof Error && "index" in error && "description" in error;
}

/** The class behind `jsep()`, which its typings leave out. */
interface JsepParser {
  readonly expr: string;
  /** Of the current character, from 0. */
  index: number;
  /** The current character, empty at the end, and its code. */
  readonly char: string;
  readonly code: number;
  parse(): jsep.Expression;
  gobbleSpaces(): void;
  gobbleToken(): jsep.Expression | false;
  gobbleExpression(): jsep.Expression | false;
  gobbleExpressions(until?: number): jsep.Expression[];
  gobbleArguments(close: number): jsep.Expression[];
  throwError(message: string): never;
}

const { Jsep } = jsep as unknown as { readonly Jsep: new (text: string) => JsepParser };

/** jsep without its leniency (missing commas, several expressions in a row), with positions and a bound on depth. */
class Parser extends Jsep {
  readonly positions = new Map<jsep.Expression, number>();
  private depth = 0;

  override gobbleToken(): jsep.Expression | false {
    this.gobbleSpaces();
    const position = this.index + 1;
    if (this.depth === MAX_DEPTH) throw tooDeep(position);
    this.depth++;
    const token = super.gobbleToken();
    this.depth--;
    if (token) this.positions.set(token, position);
    return token;
  }

  /** The whole text, or what stands in parentheses (jsep then looks for the closing one). */
  override gobbleExpressions(until?: number): jsep.Expression[] {
    const expression = this.gobbleRequired();
    if (until === undefined && this.index < this.expr.length)
      this.throwError(`an operator must come here, got "${this.char}"`);
    return [expression];
  }

  override gobbleArguments(close: number): jsep.Expression[] {
    this.gobbleSpaces();
    const values: jsep.Expression[] = [];
    while (this.code !== close) {
      if (values.length > 0) {
        if (this.char !== ",") this.throwError(`"," or "${String.fromCharCode(close)}" must come here`);
        this.index++;
      }
      values.push(this.gobbleRequired());
    }
    this.index++;
    return values;
  }

  private gobbleRequired(): jsep.Expression {
    const expression = this.gobbleExpression();
    if (expression) return expression;
    const came = this.index < this.expr.length ? `"${this.char}"` : "the end";
    return this.throwError(`a number, price or function must come here, got ${came}`);
  }
}

export function tooDeep(position: number): FormulaError {
  return new FormulaError(
    position,
    `a formula must be at most ${MAX_DEPTH} levels deep; group long sums in parentheses`,
  );
}
