/**
 * Runs `act` on the items in their order, up to `atOnce` of them beyond those whose outcome was asked for. The answer gives the
 * outcome of item i; they must be asked for one after the other.
 */
export function runAhead<Item, Outcome>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item) => Promise<Outcome>,
): (i: number) => Promise<Outcome> {
  const started: (Promise<Outcome> | undefined)[] = [];
  return (i) => {
    while (started.length < Math.min(items.length, i + atOnce)) {
      const outcome = act(items[started.length]!);
      // Whoever asks for it is told; until then it is not unhandled.
      outcome.catch(() => undefined);
      started.push(outcome);
    }
    const outcome = started[i]!;
    started[i] = undefined;
    return outcome;
  };
}
