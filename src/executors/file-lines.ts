import { closeSync, openSync, readSync } from "node:fs";

const CHUNK = 2 ** 16;

/** A file line by line. Between lines it is closed: there may be more files than a process may hold open. */
export interface FileLines {
  /** The next line without its end; null when no whole line is left. Throws when the file cannot be read. */
  next(): string | null;
  /** Where the next line begins, in bytes. */
  readonly offset: number;
}

export function openFileLines(path: string, start = 0): FileLines {
  let offset = start;
  /** Read, but not given out yet. */
  let rest: Buffer = Buffer.alloc(0);
  return {
    get offset() {
      return offset;
    },
    next() {
      let end = rest.indexOf(10);
      if (end < 0) {
        const chunks = [rest];
        let length = rest.length;
        const file = openSync(path, "r");
        try {
          for (let size = CHUNK; end < 0; size *= 2) {
            const chunk = Buffer.alloc(size);
            const read = readSync(file, chunk, 0, size, offset + length);
            if (read === 0) break;
            const found = chunk.subarray(0, read).indexOf(10);
            if (found >= 0) end = length + found;
            chunks.push(chunk.subarray(0, read));
            length += read;
          }
        } finally {
          closeSync(file);
        }
        rest = Buffer.concat(chunks);
      }
      if (end < 0) return null;
      const line = rest.toString("utf8", 0, end);
      rest = rest.subarray(end + 1);
      offset += end + 1;
      return line;
    },
  };
}
