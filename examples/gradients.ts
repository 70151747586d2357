import { gradient, measureValued, normal, pathwise, pointwise, scoreFunction } from "grecian/gradients";

// A step, as a digital is one: E[1{x > 1}] under N(0, 1), in the mean and the deviation.
const step = pointwise((x) => (x > 1 ? 1 : 0));
const standard = normal({ mean: 0, deviation: 1 });

for (const estimator of [scoreFunction({ baseline: "none" }), scoreFunction(), measureValued()]) {
  const result = await gradient(step, standard, estimator, { seed: "readme" });
  for (const [parameter, { value, standardError }] of Object.entries(result.gradient)) {
    console.log(`${result.estimator}, ${parameter}: ${value.toFixed(4)} ± ${standardError.toFixed(4)}`);
  }
}
await gradient(step, standard, pathwise()).catch((error) => console.log(error.message));
