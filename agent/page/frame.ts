import { type Html, html } from "#agent/page/html.ts";
import type { Words } from "#agent/page/words.ts";

type Frame = {
  words: Words;
  serial: string;
  title: string /** Whether it shows itself anew. */;
  live: boolean;
};

/** A whole document, the same for every page. */
export function documentOf({ words, serial, title, live }: Frame, body: Html): string {
  const { t, locale } = words;
  const other = locale === "en" ? "de" : "en";
  const refresh = live ? html`<noscript><meta http-equiv="refresh" content="15"></noscript>` : null;
  const script = live ? html`<script src="/live.js" defer></script>` : null;
  const page = html`<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${title}</title><link rel="stylesheet" href="/style.css">${refresh}</head>
<body><div class="page"><header class="top"><h1>${t("page.title", { serial })}</h1>
<a class="small" href="/?lang=${other}" lang="${other}" hreflang="${other}">${t("page.language")}</a></header>
<main>${body}</main></div>${script}</body></html>`;
  return page.markup;
}

const ICONS = {
  solid: "M8 2h8l6 6v8l-6 6H8l-6-6V8zM9 9l6 6M15 9l-6 6",
  outline: "M20 11a8 8 0 0 0-14-5L3 9M3 4v5h5M4 13a8 8 0 0 0 14 5l3-3M21 20v-5h-5",
  wait: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7v5l3 3",
  dashed: "M3 3l18 18M8 4v4M16 4v6M6 8h12v4a6 6 0 0 1-6 6a6 6 0 0 1-6-6zM12 18v4",
  dotted: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M9.5 9a2.5 2.5 0 1 1 2.5 3v2M12 17v.5",
  plain: "M4 12l6 6L20 6",
} as const;
/** Solid: act now; outline: it moves; wait: it waits; dashed: not heard; dotted: cannot know; plain: fine (ui.md). */
export type Fill = keyof typeof ICONS;

export function mark(fill: Fill, word: string): Html {
  return html`<p class="mark ${fill}"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[fill]}"/></svg>${word}</p>`;
}

/** A store path as people read it: name and version, the hash after it. */
export function storePath(path: string): Html {
  const [, hash, name] = /^\/nix\/store\/([a-z0-9]{32})-(.+)$/.exec(path) ?? [];
  if (hash === undefined || name === undefined) return html`<code><bdi>${path}</bdi></code>`;
  return html`<code><bdi>${name}</bdi> <span class="dim">${hash}</span></code>`;
}
