/** Gauss's rule on [0, 1] with twelve nodes: exact for polynomials up to degree 23. Abramowitz and Stegun, table 25.4. */
const HALF = [
  [0.12523340851146894, 0.24914704581340288],
  [0.3678314989981802, 0.23349253653835478],
  [0.5873179542866175, 0.20316742672306584],
  [0.7699026741943047, 0.16007832854334633],
  [0.9041172563704748, 0.10693932599531818],
  [0.9815606342467192, 0.047175336386511835],
] as const;

export const gaussLegendre: readonly { readonly node: number; readonly weight: number }[] = HALF.flatMap(
  ([x, weight]) => [-x, x].map((signed) => ({ node: (1 + signed) / 2, weight: weight / 2 })),
);
