import { binaryArithmetic, hasKernelBits, unaryArithmetic } from "./arithmetic.js";
import type { BinaryOp, Expression, InputLeaf, PathOp, UnaryOp } from "./expression.js";
import { answerParts } from "./operands.js";
import type { Instruction, Operand, Program, Row, Target } from "./program.js";

/** An expression whose operands are numbers of earlier nodes; equal expressions are one node. */
type Node =
  | { readonly op: "constant"; readonly value: number }
  | { readonly op: "price"; readonly date: number }
  | InputLeaf
  | { readonly op: UnaryOp; readonly of: number }
  | { readonly op: BinaryOp; readonly left: number; readonly right: number }
  | { readonly op: PathOp; readonly dates: readonly number[] };

/** a ⊕ b = b ⊗ a, to the bit but for the sign of a zero in max and min. */
const mirrored: Readonly<Partial<Record<BinaryOp, BinaryOp>>> = {
  add: "add",
  multiply: "multiply",
  max: "max",
  min: "min",
  greater: "less",
  "greater-equal": "less-equal",
  less: "greater",
  "less-equal": "greater-equal",
};

/**
 * Compiles the amounts of trades with the same dates into one program, amount r being row r. Operations are those of
 * the expressions, in their order, but for constants and operands that swap without changing a bit: what a row gives
 * does not depend on the amounts compiled along with it. Time and memory are linear in the number of nodes.
 */
export function compile(amounts: readonly Expression[]): Program {
  const graph = openGraph();
  const rows = amounts.map((amount) => {
    const root = graph.add(amount);
    // The nodes a row adds end here: its result can be written before the next row's are computed.
    return { root, end: graph.nodes.length };
  });
  return emit(graph.nodes, rows);
}

interface Graph {
  /** Every operand comes before the node that uses it. */
  readonly nodes: readonly Node[];
  /** The node of an expression, after adding those that are new. */
  add(expression: Expression): number;
}

function openGraph(): Graph {
  const nodes: Node[] = [];
  const numbers = new Map<string, number>();
  const known = new Map<Expression, number>();

  function number(node: Node): number {
    const key = keyOf(node);
    const existing = numbers.get(key);
    if (existing !== undefined) return existing;
    numbers.set(key, nodes.length);
    return nodes.push(node) - 1;
  }

  function nodeOf(expression: Expression): Node {
    if ("of" in expression) return unaryNode(expression.op, known.get(expression.of)!);
    if ("left" in expression) {
      return binaryNode(expression.op, known.get(expression.left)!, known.get(expression.right)!);
    }
    if ("name" in expression) throw new Error(`${expression.name} must have its number first`);
    return expression;
  }

  function unaryNode(op: UnaryOp, of: number): Node {
    const operand = nodes[of]!;
    if (operand.op !== "constant" || !hasKernelBits(op)) return { op, of };
    return { op: "constant", value: unaryArithmetic[op](operand.value) };
  }

  function binaryNode(op: BinaryOp, left: number, right: number): Node {
    const [a, b] = [nodes[left]!, nodes[right]!];
    if (a.op === "constant" && b.op === "constant") {
      return { op: "constant", value: binaryArithmetic[op](a.value, b.value) };
    }
    const swapped = mirrored[op];
    if (swapped === undefined || b.op === "constant") return { op, left, right };
    // The order of node numbers depends on the other amounts, so it may not choose the sign of a zero.
    const free = op !== "max" && op !== "min";
    return a.op === "constant" || (free && left > right)
      ? { op: swapped, left: right, right: left }
      : { op, left, right };
  }

  return { nodes, add: (root) => answerParts(root, known, (part) => number(nodeOf(part))) };
}

function keyOf(node: Node): string {
  if ("value" in node) return Object.is(node.value, -0) ? "-0" : String(node.value);
  if ("date" in node) return `price ${node.date}`;
  if ("column" in node) return `input ${node.column}`;
  if ("of" in node) return `${node.op} ${node.of}`;
  return "left" in node ? `${node.op} ${node.left} ${node.right}` : `${node.op} ${node.dates.join()}`;
}

interface Amount {
  readonly root: number;
  readonly end: number;
}

function emit(nodes: readonly Node[], amounts: readonly Amount[]): Program {
  const instructions: Instruction[] = [];
  const operands: (Operand | Row)[] = [];
  const uses = countUses(nodes, amounts);
  const free: number[] = [];
  let registers = 0;

  /** The operand for one of its uses; after the last one its register is free. */
  function use(node: number): Operand {
    const operand = operands[node]!;
    if (operand.kind === "row") throw new Error("what is written to a row must have no other use");
    uses[node]!--;
    if (uses[node] === 0 && operand.kind === "register") free.push(operand.index);
    return operand;
  }

  /** Operands are used before a register is taken, so an operation may write over what it reads. */
  function instructionOf(
    node: Exclude<Node, { op: "constant" | "price" | "input" }>,
    row: Target | null,
  ): Exclude<Instruction, { op: "copy" }> {
    if ("of" in node) {
      const of = use(node.of);
      return { op: node.op, out: row ?? takeRegister(), of };
    }
    if ("left" in node) {
      const left = use(node.left);
      const right = use(node.right);
      return { op: node.op, out: row ?? takeRegister(), left, right };
    }
    return { op: node.op, out: row ?? takeRegister(), dates: node.dates };
  }

  function takeRegister(): Target {
    return { kind: "register", index: free.pop() ?? registers++ };
  }

  for (const [index, { root, end }] of amounts.entries()) {
    const row = { kind: "row", index } as const;
    let isWritten = false;
    for (const node of nodes.slice(operands.length, end)) {
      if ("value" in node) {
        operands.push({ kind: "constant", value: node.value });
      } else if ("date" in node) {
        operands.push({ kind: "price", date: node.date });
      } else if ("column" in node) {
        operands.push({ kind: "input", column: node.column });
      } else {
        isWritten = operands.length === root && uses[root] === 1;
        const instruction = instructionOf(node, isWritten ? row : null);
        instructions.push(instruction);
        operands.push(instruction.out);
      }
    }
    if (!isWritten) instructions.push({ op: "copy", out: row, of: use(root) });
  }
  return { instructions, registers, rows: amounts.length };
}

function countUses(nodes: readonly Node[], amounts: readonly Amount[]): Uint32Array {
  const uses = new Uint32Array(nodes.length);
  for (const node of nodes) {
    if ("of" in node) uses[node.of]!++;
    if ("left" in node) {
      uses[node.left]!++;
      uses[node.right]!++;
    }
  }
  for (const { root } of amounts) uses[root]!++;
  return uses;
}
