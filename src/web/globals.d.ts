/** The text of a module and all it imports, bundled for a worker (scripts/web.config.mjs). */
declare module "*?worker-text" {
  const code: string;
  export default code;
}

/** The package's version. */
declare const VERSION: string;
