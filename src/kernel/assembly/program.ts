import {
  abs,
  add,
  addScalar,
  copy,
  divide,
  divideScalar,
  fill,
  greater,
  greaterEqual,
  greaterEqualScalar,
  greaterScalar,
  less,
  lessEqual,
  lessEqualScalar,
  lessScalar,
  max,
  maxScalar,
  min,
  minScalar,
  multiply,
  multiplyScalar,
  negate,
  scalarDivide,
  scalarSubtract,
  sqrt,
  subtract,
  subtractScalar,
} from "./arithmetic";
import { exp } from "./exponential";
import { inverseNormal } from "./inverse-normal";
import { log } from "./logarithm";
import { normalCdf } from "./normal-cdf";
import { bytes } from "./pair";

/** In the order of `operations` in ../program.ts. */
const enum Operation {
  Fill,
  Copy,
  Negate,
  Abs,
  Sqrt,
  Exp,
  Log,
  NormalCdf,
  InverseNormal,
  Add,
  Subtract,
  Multiply,
  Divide,
  Max,
  Min,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  AddScalar,
  SubtractScalar,
  MultiplyScalar,
  DivideScalar,
  MaxScalar,
  MinScalar,
  GreaterScalar,
  GreaterEqualScalar,
  LessScalar,
  LessEqualScalar,
  ScalarSubtract,
  ScalarDivide,
}

/** A record: the operation, the places of the result and of one or two columns (words), and a number. */
const RECORD: usize = 24;
const OUT: usize = 4;
const A: usize = 8;
const B: usize = 12;
const C: usize = 16;

/** Paths of a pass over the whole program: so few that the columns of a long one stay in the first-level cache. */
const STRIP = 256;

/** Runs `count` instructions on n paths. A place is an address, or, below 0, the complement of an offset into `rows`. */
export function runProgram(records: usize, count: i32, rows: usize, n: i32): void {
  const end = records + <usize>count * RECORD;
  for (let first = 0; first < n; first += STRIP) {
    const paths = n - first < STRIP ? n - first : STRIP;
    const offset = bytes(first);
    for (let record = records; record < end; record += RECORD) run(record, rows, offset, paths);
  }
}

// @ts-ignore: decorator
@inline
function placeOf(place: i32, rows: usize, offset: usize): usize {
  return (place < 0 ? rows + <usize>~place : <usize>place) + offset;
}

// @ts-ignore: decorator
@inline
function run(record: usize, rows: usize, offset: usize, n: i32): void {
  const out = placeOf(load<i32>(record, OUT), rows, offset);
  const a = placeOf(load<i32>(record, A), rows, offset);
  const b = placeOf(load<i32>(record, B), rows, offset);
  const c = load<f64>(record, C);
  switch (load<i32>(record)) {
    case Operation.Fill:
      return fill(out, c, n);
    case Operation.Copy:
      return copy(out, a, n);
    case Operation.Negate:
      return negate(out, a, n);
    case Operation.Abs:
      return abs(out, a, n);
    case Operation.Sqrt:
      return sqrt(out, a, n);
    case Operation.Exp:
      return exp(out, a, n);
    case Operation.Log:
      return log(out, a, n);
    case Operation.NormalCdf:
      return normalCdf(out, a, n);
    case Operation.InverseNormal:
      return inverseNormal(out, a, n);
    case Operation.Add:
      return add(out, a, b, n);
    case Operation.Subtract:
      return subtract(out, a, b, n);
    case Operation.Multiply:
      return multiply(out, a, b, n);
    case Operation.Divide:
      return divide(out, a, b, n);
    case Operation.Max:
      return max(out, a, b, n);
    case Operation.Min:
      return min(out, a, b, n);
    case Operation.Greater:
      return greater(out, a, b, n);
    case Operation.GreaterEqual:
      return greaterEqual(out, a, b, n);
    case Operation.Less:
      return less(out, a, b, n);
    case Operation.LessEqual:
      return lessEqual(out, a, b, n);
    case Operation.AddScalar:
      return addScalar(out, a, c, n);
    case Operation.SubtractScalar:
      return subtractScalar(out, a, c, n);
    case Operation.MultiplyScalar:
      return multiplyScalar(out, a, c, n);
    case Operation.DivideScalar:
      return divideScalar(out, a, c, n);
    case Operation.MaxScalar:
      return maxScalar(out, a, c, n);
    case Operation.MinScalar:
      return minScalar(out, a, c, n);
    case Operation.GreaterScalar:
      return greaterScalar(out, a, c, n);
    case Operation.GreaterEqualScalar:
      return greaterEqualScalar(out, a, c, n);
    case Operation.LessScalar:
      return lessScalar(out, a, c, n);
    case Operation.LessEqualScalar:
      return lessEqualScalar(out, a, c, n);
    case Operation.ScalarSubtract:
      return scalarSubtract(out, c, a, n);
    case Operation.ScalarDivide:
      return scalarDivide(out, c, a, n);
  }
}
