/** Strings become text nodes: nothing that comes from a file is ever read as markup. */
export type Child = Node | string | null;
type Listener = (event: Event) => void;
export type Attributes = Readonly<Record<string, string | number | boolean | Listener | undefined>>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (typeof value === "boolean") element.toggleAttribute(name, value);
    else if (value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** The element of the page with this id. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page must have #${id}`);
  return element as E;
}

/** What was chosen in a select and is not among its options now, and what stands there instead. */
const missed = new WeakMap<HTMLSelectElement, { readonly chosen: string; readonly instead: string }>();

/**
 * A select with its options; the value of an option is its text unless there is a label for it. A choice that goes away comes back
 * with its option, unless there was another choice in between.
 */
export function options(
  select: HTMLSelectElement,
  values: readonly string[],
  label: (value: string) => string = (value) => value,
): void {
  const now = [...select.options].map((option) => option.value);
  if (now.join("\n") === values.join("\n")) return;
  const before = missed.get(select);
  const chosen = before !== undefined && before.instead === select.value ? before.chosen : select.value;
  select.replaceChildren(...values.map((each) => h("option", { value: each }, label(each))));
  missed.delete(select);
  if (values.includes(chosen)) select.value = chosen;
  else if (chosen !== "") missed.set(select, { chosen, instead: select.value });
}

/** Lets the page answer before it goes on. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Runs the newest call only, one at a time: what came in between is passed over. */
export function latestOnly<A extends readonly unknown[]>(work: (...args: A) => Promise<void>) {
  let waiting: A | null = null;
  let busy = false;
  return async (...args: A): Promise<void> => {
    waiting = args;
    if (busy) return;
    busy = true;
    try {
      while (waiting !== null) {
        const next: A = waiting;
        waiting = null;
        await work(...next);
      }
    } finally {
      busy = false;
    }
  };
}
