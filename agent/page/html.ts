/** Markup that was made here; everything else in a template is text and is escaped. */
export type Html = { readonly markup: string };
type Part = Html | string | number | null | readonly Html[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = texts.reduce((so, text, at) => `${so}${markupOf(parts[at - 1] ?? null)}${text}`);
  return { markup };
}

function markupOf(part: Part): string {
  if (part === null) return "";
  if (typeof part === "string" || typeof part === "number") return escaped(String(part));
  return "markup" in part ? part.markup : part.map((one) => one.markup).join("");
}

/** Directions that would turn what stands beside them are left out; each value gets a bdi of its own. */
function escaped(text: string): string {
  return text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "").replace(/[&<>"']/g, (one) => ESCAPES[one] ?? one);
}
