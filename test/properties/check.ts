import fc from "fast-check";

/** Holds a property on so many examples, the same in every run; what fails is told with the smallest counterexample found. */
export async function check<T>(
  property: fc.IPropertyWithHooks<T> | fc.IAsyncPropertyWithHooks<T>,
  numRuns = 200,
): Promise<void> {
  await fc.assert(property as fc.IAsyncPropertyWithHooks<T>, { seed: 20261123, numRuns });
}
