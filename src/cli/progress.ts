import type { Progress } from "../index.js";
import type { Io } from "./io.js";

const EVERY_MS = 100;

/** One line on the terminal that says how far the run is and when it will end; nothing where there is no terminal. */
export function openProgress(io: Io, silent: boolean) {
  const start = Date.now();
  let shown = 0;
  let last = 0;
  const clear = () => {
    if (shown > 0) io.stderr(`\r${" ".repeat(shown)}\r`);
    shown = 0;
  };
  return {
    clear,
    show({ tradesDone, tradesRead, fraction }: Progress): void {
      const now = Date.now();
      if (silent || !io.isTerminal || now - last < EVERY_MS) return;
      last = now;
      const left = fraction > 0 ? ((now - start) / 1000) * (1 / fraction - 1) : Number.NaN;
      const line = `${Math.floor(100 * fraction)} % of ${tradesRead} trades read, ${tradesDone} done, ${duration(left)} left`;
      clear();
      io.stderr(line);
      shown = line.length;
    },
  };
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
