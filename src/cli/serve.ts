import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { EXIT, type Io, UsageError } from "./io.js";
import { wholeNumber } from "./option-values.js";
import { ownPage } from "./package-files.js";

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html; charset=utf-8" };
const HOST = "127.0.0.1";

/** Serves the page to this machine alone, until it is interrupted. */
export async function runServe(args: { readonly port: string }, io: Io): Promise<number> {
  const port = wholeNumber("--port", args.port, 0);
  if (port > 65_535) throw new UsageError(`--port must be at most 65535, got ${args.port}`);
  if ((await fileAt("/")) === null)
    throw new UsageError(`the page is not there: ${ownPage} must be built by npm run build:web`);

  const server = createServer(async (request, response) => {
    const isRead = request.method === "GET" || request.method === "HEAD";
    const file = isRead ? await fileAt(request.url ?? "/") : null;
    if (file === null) {
      response.writeHead(isRead ? 404 : 405, { "content-type": "text/plain" }).end("not here\n");
      return;
    }
    response.writeHead(200, {
      "content-type": file.type,
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    response.end(request.method === "HEAD" ? undefined : file.bytes);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", ({ code, message }: NodeJS.ErrnoException) =>
      reject(new UsageError(code === "EADDRINUSE" ? `port ${port} is taken: --port names another` : message)),
    );
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  const taken = typeof address === "object" && address !== null ? address.port : port;
  io.stdout(`http://${HOST}:${taken}/ (Ctrl-C ends it)\n`);
  await new Promise<void>((resolve) => {
    const release = io.onInterrupt(() => {
      release();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  });
  return EXIT.ok;
}

/** A file of the page's folder, and of no other. */
async function fileAt(url: string): Promise<{ readonly bytes: Buffer; readonly type: string } | null> {
  try {
    const path = decodeURIComponent(url.replace(/[?#].*$/, ""));
    const file = normalize(join(ownPage, path.endsWith("/") ? `${path}index.html` : path));
    if (!file.startsWith(`${normalize(ownPage)}${sep}`)) return null;
    return { bytes: await readFile(file), type: TYPES[extname(file)] ?? "application/octet-stream" };
  } catch {
    return null;
  }
}
