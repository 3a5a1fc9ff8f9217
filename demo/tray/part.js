// What every part of the dock's page needs.

/** @param {string} id */
export function part(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`#${id} is not on the page`);
  return found;
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Partial<HTMLElementTagNameMap[T]>} properties
 * @param {(Node | string)[]} children
 */
export function make(tag, properties = {}, children = []) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** The page around this one, where it lets itself be seen. */
export function outside() {
  try {
    const { document: page, location } = window.parent;
    const { theme = "" } = page.documentElement.dataset;
    return { theme, lang: page.documentElement.lang, path: location.pathname };
  } catch {
    // Opened by itself, or framed by another origin: then there is nothing to follow.
    return { theme: "", lang: "en", path: "" };
  }
}

const SCANNER_PAGE = /^\/scanners\/([0-9a-f-]{36})(?:\/|$)/;
export const openScanner = () => SCANNER_PAGE.exec(outside().path)?.[1] ?? null;

/**
 * @param {string} path
 * @param {unknown} [body]
 */
export async function ask(path, body) {
  const init = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await fetch(path, body === undefined ? {} : init);
  const json = await response.json();
  if (!response.ok) throw new Error(json.problem ?? "It did not work.");
  return json;
}
