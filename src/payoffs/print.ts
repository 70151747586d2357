import type { BinaryOp, Expression, PathOp } from "./expression.js";

/** How tightly a text holds together: an operand that is looser than its operation goes in parentheses. */
const COMPARISON = 1;
const SUM = 2;
const PRODUCT = 3;
const SIGN = 4;
const ATOM = 5;

interface Text {
  readonly text: string;
  readonly tightness: number;
}

const operators: Readonly<Record<Exclude<BinaryOp, "max" | "min">, readonly [string, number]>> = {
  add: ["+", SUM],
  subtract: ["-", SUM],
  multiply: ["*", PRODUCT],
  divide: ["/", PRODUCT],
  greater: [">", COMPARISON],
  "greater-equal": [">=", COMPARISON],
  less: ["<", COMPARISON],
  "less-equal": ["<=", COMPARISON],
};

const statisticNames: Readonly<Record<PathOp, string>> = {
  mean: "mean",
  "geometric-mean": "geomean",
  highest: "max",
  lowest: "min",
};

/**
 * An expression over the prices at `dates` (years, increasing) as a formula, which `parseFormula` reads back as an
 * equal expression when it came from the constructors of build.ts. Throws RangeError when it looks at no such date.
 */
export function formulaText(expression: Expression, dates: readonly number[]): string {
  return print(expression).text;

  function print(expression: Expression): Text {
    if ("value" in expression) return printNumber(expression.value);
    if ("date" in expression) return atom(priceText(expression.date));
    if ("name" in expression)
      return atom([expression.name, expression.interval + 1, ...expression.by].join("_"));
    if ("column" in expression) return atom(`input_${expression.column + 1}`);
    if ("dates" in expression)
      return atom(`${statisticNames[expression.op]}(${pricesText(expression.dates)})`);
    if ("left" in expression) return printBinary(expression);
    if (expression.op !== "negate")
      return atom(`${expression.op.replace("-", "_")}(${print(expression.of).text})`);
    return { text: `-${within(print(expression.of), SIGN)}`, tightness: SIGN };
  }

  function printBinary(expression: BinaryExpression): Text {
    const { op, left, right } = expression;
    if (op === "max" || op === "min") return atom(`${op}(${extremeArguments(op, expression)})`);
    const [operator, tightness] = operators[op];
    // Operators group to the left, but comparisons not at all.
    const leftText = within(print(left), tightness === COMPARISON ? SUM : tightness);
    return { text: `${leftText} ${operator} ${within(print(right), tightness + 1)}`, tightness };
  }

  /** max(max(a, b), c) reads better as max(a, b, c), which means the same. */
  function extremeArguments(op: "max" | "min", { left, right }: BinaryExpression): string {
    const first = left.op === op ? extremeArguments(op, left) : print(left).text;
    return `${first}, ${print(right).text}`;
  }

  function priceText(date: number): string {
    yearsAt(date);
    return date === dates.length - 1 ? "S(T)" : `S[${date + 1}]`;
  }

  function pricesText(observed: readonly number[]): string {
    const years = observed.map(yearsAt);
    return years.length === dates.length ? "S" : `S(${years.join(", ")})`;
  }

  function yearsAt(date: number): number {
    const years = dates[date];
    if (years === undefined)
      throw new RangeError(`date must be one of 0 to ${dates.length - 1}, got ${date}`);
    return years;
  }
}

type BinaryExpression = Extract<Expression, { op: BinaryOp }>;

function printNumber(value: number): Text {
  const text = Object.is(value, -0) ? "-0" : String(value);
  return { text, tightness: text.startsWith("-") ? SIGN : ATOM };
}

function atom(text: string): Text {
  return { text, tightness: ATOM };
}

function within({ text, tightness }: Text, least: number): string {
  return tightness >= least ? text : `(${text})`;
}
