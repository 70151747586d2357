/** So many may be inside at once; others wait in the order they came. */
export function openRoom(most: number): { enter(signal: AbortSignal): Promise<() => void> } {
  let inside = 0;
  const queue: (() => void)[] = [];
  return {
    async enter(signal) {
      if (inside === most) await new Promise<void>((resolve) => queue.push(resolve));
      else inside++;
      const release = () => {
        const next = queue.shift();
        if (next === undefined) inside--;
        else next();
      };
      if (signal.aborted) {
        release();
        throw new Error("stopped");
      }
      return release;
    },
  };
}
