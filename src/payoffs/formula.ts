import type jsep from "jsep";
import { closestName } from "../numerics/closest-name.js";
import { quoted } from "../numerics/quoted.js";
import { dependsOnPrices } from "./analyse.js";
import * as build from "./build.js";
import { evaluate } from "./evaluate.js";
import type { Expression } from "./expression.js";
import { FormulaError } from "./formula-error.js";
import { MAX_DEPTH, parseSyntax, tooDeep } from "./formula-syntax.js";

export { FormulaError } from "./formula-error.js";

type Unary = (of: Expression) => Expression;
type Binary = (left: Expression, right: Expression) => Expression;
type Statistic = (dates: readonly number[]) => Expression;

// Maps, not objects: nothing resolves through a prototype.
const arithmetic: ReadonlyMap<string, Binary> = new Map([
  ["+", build.add],
  ["-", build.subtract],
  ["*", build.multiply],
  ["/", build.divide],
]);
const comparisons: ReadonlyMap<string, Binary> = new Map([
  ["<", build.less],
  ["<=", build.lessEqual],
  [">", build.greater],
  [">=", build.greaterEqual],
]);
const logic: ReadonlyMap<string, Binary> = new Map([
  ["&&", build.multiply],
  ["||", build.max],
]);
const functions: ReadonlyMap<string, Unary> = new Map([
  ["abs", build.abs],
  ["exp", build.exp],
  ["log", build.log],
  ["normal_cdf", build.normalCdf],
  ["sqrt", build.sqrt],
]);
const extremes: ReadonlyMap<string, Binary> = new Map([
  ["max", build.max],
  ["min", build.min],
]);
const statistics: ReadonlyMap<string, Statistic> = new Map([
  ["max", build.highest],
  ["min", build.lowest],
  ["mean", build.mean],
  ["geomean", build.geometricMean],
]);
const functionNames = [...new Set([...functions.keys(), ...statistics.keys()])];

/** Years this near, relatively, to an observation date mean it. */
const SAME_DATE = 1e-9;
const MAX_LISTED = 6;

/**
 * Reads a payoff formula over the prices at `dates` (years, increasing, the last being T):
 *
 *     S(T)  S(0.5)  S[1]             the price at the last date, at 0.5 years, at the first date
 *     max(S)  min(S)  mean(S)  geomean(S)        over all dates; over some: mean(S(0.25, 0.5))
 *     max  min  abs  exp  log  sqrt  + - * /     arithmetic
 *     < <= > >=  && || !             1 where true, 0 where false
 *
 * Throws FormulaError with the character where the fault is.
 */
export function parseFormula(text: string, dates: readonly number[]): Expression {
  const { root, positions } = parseSyntax(text);
  return translate(root, 1);

  function translate(node: jsep.Expression, depth: number): Expression {
    if (depth > MAX_DEPTH) throw tooDeep(positionOf(node));
    const inner = (operand: jsep.Expression) => translate(operand, depth + 1);
    if (isLiteral(node)) return translateNumber(node);
    if (isUnary(node)) return finite(node, translateUnary(node, inner));
    if (isBinary(node)) return finite(node, translateBinary(node, inner));
    if (isCall(node)) return finite(node, translateCall(node, inner));
    if (isMember(node)) return build.price(numberedDate(node, inner));
    if (isIdentifier(node)) return fail(node, bareName(node.name));
    return fail(node, `a formula is made of prices, numbers, functions and operators, got ${node.type}`);
  }

  function translateNumber(node: jsep.Literal): Expression {
    if (typeof node.value === "number" && Number.isFinite(node.value)) return build.constant(node.value);
    if (typeof node.value === "boolean") return fail(node, `${node.raw} is written ${Number(node.value)}`);
    return fail(node, `a finite number must stand here, got ${quoted(node.raw)}`);
  }

  function translateUnary({ operator, argument }: jsep.UnaryExpression, inner: Translate): Expression {
    if (operator === "-") return build.negate(inner(argument));
    if (operator === "+") return inner(argument);
    if (operator === "!") return build.subtract(1, truth(argument, "!", inner));
    return fail(argument, unknownOperator(operator));
  }

  function translateBinary({ operator, left, right }: jsep.BinaryExpression, inner: Translate): Expression {
    const connective = logic.get(operator);
    if (connective) return connective(truth(left, operator, inner), truth(right, operator, inner));
    const comparison = comparisons.get(operator);
    if (comparison && isBinary(left) && comparisons.has(left.operator) && !isGrouped(left)) {
      return fail(left, "comparisons do not chain: write 80 < S(T) && S(T) < 120, not 80 < S(T) < 120");
    }
    const operation = comparison ?? arithmetic.get(operator);
    return operation ? operation(inner(left), inner(right)) : fail(left, unknownOperator(operator));
  }

  /** An operand of a logical operator, which must be 1 or 0 whatever the prices. */
  function truth(node: jsep.Expression, operator: string, inner: Translate): Expression {
    if (isTruth(node)) return inner(node);
    return fail(node, `what ${operator} applies to must be a comparison, as in S(T) > 100`);
  }

  function translateCall(node: jsep.CallExpression, inner: Translate): Expression {
    const { callee, arguments: values } = node;
    if (!isIdentifier(callee)) return fail(node, "a function must have a name");
    const { name } = callee;
    if (name === "S") return build.price(onlyDate(node, inner));
    const [first] = values;
    const statistic = statistics.get(name);
    if (statistic && first && values.length === 1 && isPrices(first)) return statistic(datesOf(first, inner));
    const extreme = extremes.get(name);
    if (extreme) {
      if (values.length === 0) return fail(node, `${name} must have one or more values, got none`);
      return values.map(inner).reduce((a, b) => extreme(a, b));
    }
    if (statistic) return fail(node, `${name} is of observed prices: ${name}(S) or ${name}(S(0.25, 0.5))`);
    const apply = functions.get(name);
    if (apply === undefined) return fail(node, unknownFunction(name));
    if (first && values.length === 1) return apply(inner(first));
    return fail(node, `${name} must have one value, got ${values.length}`);
  }

  /** The dates that S, or S(t1, t2, …), stands for within a statistic. */
  function datesOf(node: jsep.Identifier | jsep.CallExpression, inner: Translate): number[] {
    if (isIdentifier(node)) return [...dates.keys()];
    const found = node.arguments.map((time) => dateAt(time, inner));
    if (found.length === 0) return fail(node, "S() must name a date: S(T)");
    if (found.some((date, i) => date <= (found[i - 1] ?? -1))) {
      return fail(node, "the dates of S must be strictly increasing");
    }
    return found;
  }

  function onlyDate(node: jsep.CallExpression, inner: Translate): number {
    const [time] = node.arguments;
    if (time && node.arguments.length === 1) return dateAt(time, inner);
    const rule = "S must have one date, as in S(T); several stand only in max, min, mean and geomean";
    return fail(node, `${rule}, got ${node.arguments.length}`);
  }

  function dateAt(time: jsep.Expression, inner: Translate): number {
    if (isIdentifier(time) && time.name === "T") return dates.length - 1;
    const years = inner(time);
    if (years.op !== "constant") return fail(time, "the date of S must be T or a number of years");
    if (years.value === 0) {
      return fail(
        time,
        "S(0) is refused, as it moves with the spot while the likelihood ratio holds observed prices fixed; write a fixed reference number",
      );
    }
    const date = dates.findIndex((other) => Math.abs(other - years.value) <= SAME_DATE * other);
    return date >= 0 ? date : fail(time, `S(${years.value}) is not observed; the dates are ${listed(dates)}`);
  }

  function numberedDate(node: jsep.MemberExpression, inner: Translate): number {
    if (!node.computed || !isIdentifier(node.object) || node.object.name !== "S") {
      return fail(node, "only prices have an index: S[1]");
    }
    const index = inner(node.property);
    const count = dates.length;
    if (index.op !== "constant") return fail(node.property, "the index of S must be a number");
    if (Number.isInteger(index.value) && index.value >= 1 && index.value <= count) return index.value - 1;
    return fail(
      node.property,
      `the index of S must be a whole number from 1 to ${count}, got ${index.value}`,
    );
  }

  /** What is the same on every path must be a number there. */
  function finite(node: jsep.Expression, expression: Expression): Expression {
    const value = dependsOnPrices(expression) ? 0 : evaluate(expression, []);
    return Number.isFinite(value)
      ? expression
      : fail(node, `the value must be a finite number, got ${value}`);
  }

  function fail(node: jsep.Expression, words: string): never {
    throw new FormulaError(positionOf(node), words);
  }

  /** jsep gives operations no place of their own: they begin with their left operand. */
  function positionOf(node: jsep.Expression): number {
    const position = positions.get(node);
    if (position !== undefined) return position;
    return isBinary(node) ? positionOf(node.left) : 1;
  }

  /** Among operations, only those in parentheses are read as one token. */
  function isGrouped(node: jsep.BinaryExpression): boolean {
    return positions.has(node);
  }
}

type Translate = (node: jsep.Expression) => Expression;

const isLiteral = (node: jsep.Expression): node is jsep.Literal => node.type === "Literal";
const isUnary = (node: jsep.Expression): node is jsep.UnaryExpression => node.type === "UnaryExpression";
const isBinary = (node: jsep.Expression): node is jsep.BinaryExpression => node.type === "BinaryExpression";
const isCall = (node: jsep.Expression): node is jsep.CallExpression => node.type === "CallExpression";
const isMember = (node: jsep.Expression): node is jsep.MemberExpression => node.type === "MemberExpression";
const isIdentifier = (node: jsep.Expression): node is jsep.Identifier => node.type === "Identifier";

function isPrices(node: jsep.Expression): node is jsep.Identifier | jsep.CallExpression {
  const name = isCall(node) ? node.callee : node;
  return isIdentifier(name) && name.name === "S";
}

function isTruth(node: jsep.Expression): boolean {
  if (isBinary(node)) return comparisons.has(node.operator) || logic.has(node.operator);
  if (isUnary(node)) return node.operator === "!";
  return isLiteral(node) && (node.value === 0 || node.value === 1);
}

function bareName(name: string): string {
  if (name === "S") return "S is all observed prices; write S(T), S[1], or max(S)";
  if (name === "T") return "T is a date; write S(T)";
  if (functionNames.includes(name)) return `${name} is a function; write ${name}(S(T))`;
  return `unknown name ${quoted(name)}; ${suggestion(name) ?? "a formula knows S, T, numbers and functions"}`;
}

function unknownFunction(name: string): string {
  return `unknown function ${quoted(name)}; ${suggestion(name) ?? `there are ${functionNames.join(", ")}`}`;
}

function suggestion(name: string): string | undefined {
  // A single letter is near every other one: only its case can be mistaken.
  const sameLetter = ["S", "T"].find((known) => known === name.toUpperCase());
  const meant = name.length === 1 ? sameLetter : closestName(name, functionNames);
  return meant && `did you mean "${meant}"?`;
}

function unknownOperator(operator: string): string {
  if (operator === "**" || operator === "^") return `${operator} is not offered; write S(T) * S(T)`;
  return `unknown operator ${operator}; there are + - * / < <= > >= && || !`;
}

function listed(dates: readonly number[]): string {
  if (dates.length <= MAX_LISTED) return dates.join(", ");
  return `${dates.slice(0, MAX_LISTED - 1).join(", ")}, …, ${dates.at(-1)}`;
}
