import type { AskLocal } from "#agent/page/ask-local.ts";
import {
  type Asked,
  consentForm,
  holdForm,
  releaseForm,
  reportForm,
  rollbackChoice,
  rollbackForm,
} from "#agent/page/forms.ts";
import { documentOf, mark } from "#agent/page/frame.ts";
import { type Html, html } from "#agent/page/html.ts";
import { overview } from "#agent/page/overview.ts";
import type { Session } from "#agent/page/sessions.ts";
import type { Words } from "#agent/page/words.ts";
import { CHOICES } from "#core/local/choice.ts";
import type { LocalAnswer, LocalRequest, LocalStatus } from "#core/local/verbs.ts";
import { isKey } from "#core/message/catalogue.ts";

/** What is shown for an address, and what an address that is posted to asks of the activator. No HTTP here. */
export type Site = { ask: AskLocal; sessions: () => Promise<Session[] | null> };
export type Shown = { status: 200 | 404 | 409 | 503; body: string } | { redirect: string };
type Visit = { words: Words; token: string; query: URLSearchParams };

export const PAGES = ["/consent", "/hold", "/release", "/report", "/rollback"] as const;
export type PagePath = (typeof PAGES)[number];

export async function showOverview(site: Site, { words, query }: Visit): Promise<Shown> {
  const status = await statusOf(site);
  if (status === null) return silent(words);
  const done = `done.${query.get("done") ?? ""}`;
  const said = isKey(done) ? html`<section class="said" role="status">${words.t(done)}</section>` : null;
  const body = overview(words, { status, sessions: await site.sessions(), said });
  const title = `${words.t("page.this-scanner")} · ${serialOf(words, status)}`;
  return {
    status: 200,
    body: documentOf({ words, serial: serialOf(words, status), title, live: true }, body),
  };
}

export async function showForm(
  site: Site,
  path: PagePath,
  visit: Visit,
  no: Html | null = null,
): Promise<Shown> {
  const { words, token, query } = visit;
  const status = await statusOf(site);
  if (status === null) return silent(words);
  const asked: Asked = { words, token, status, typed: query, no, serial: serialOf(words, status) };
  const body = path === "/rollback" ? await rollbackPage(site, asked) : FORMS[path](asked);
  if (body === null) return { redirect: "/" };
  const title = words.t(`form.${path.slice(1) as "hold"}`);
  return { status: no === null ? 200 : 409, body: framed(words, status, title, body) };
}

const FORMS = {
  "/consent": consentForm,
  "/hold": holdForm,
  "/release": releaseForm,
  "/report": reportForm,
} as const satisfies Record<Exclude<PagePath, "/rollback">, (asked: Asked) => Html | null>;

async function rollbackPage(site: Site, asked: Asked): Promise<Html> {
  const to = asked.typed.get("to");
  if (to === null || to === "" || to.length > 512) return rollbackChoice(asked);
  const preflight = await site.ask({ verb: "preflight", to });
  if (preflight?.answer === "preflight") return rollbackForm(asked, preflight);
  return rollbackChoice({ ...asked, no: asked.no ?? refusal(asked.words, preflight) });
}

/** Done: back to the overview, so that a reload does nothing twice. Refused: the form again, with what was typed. */
export async function takeForm(site: Site, path: PagePath, visit: Visit): Promise<Shown> {
  const request = requestOf(path, visit.query);
  const answer = request === null ? null : await site.ask(request);
  if (answer?.answer === "done") return { redirect: `/?done=${answer.act}` };
  visit.query.delete("passcode");
  return await showForm(site, path, visit, refusal(visit.words, answer));
}

export async function showStale(site: Site, path: PagePath, visit: Visit): Promise<Shown> {
  visit.query.delete("passcode");
  return await showForm(site, path, visit, no(visit.words.t("form.stale")));
}

function requestOf(path: PagePath, typed: URLSearchParams): LocalRequest | null {
  const field = (name: string) => typed.get(name) ?? "";
  const [reason, passcode] = [field("reason"), field("passcode")];
  switch (path) {
    case "/consent": {
      const choice = CHOICES.find((one) => one === field("choice"));
      return choice === undefined ? null : { verb: "consent", changeId: field("changeId"), choice, passcode };
    }
    case "/hold":
      return { verb: "hold", reason };
    case "/release":
      return { verb: "release", reason, passcode };
    case "/report":
      return { verb: "report", text: field("text") };
    case "/rollback":
      return { verb: "rollback", to: field("to"), reason, attest: field("attest") === "yes", passcode };
  }
}

function refusal({ t }: Words, answer: LocalAnswer | null): Html {
  if (answer?.answer !== "refused") return no(t("page.no-activator"));
  const { reason, waitMs, detail } = answer;
  return no(t(`local-refused.${reason}`, { detail, ...(waitMs === 0 ? {} : { waitMs }) }));
}

function no(sentence: string): Html {
  return html`<section class="no" role="alert">${sentence}</section>`;
}

async function statusOf(site: Site): Promise<LocalStatus | null> {
  const answer = await site.ask({ verb: "status" });
  return answer?.answer === "status" ? answer : null;
}

/** The agent's own word, which it gives when it starts. */
function serialOf({ t }: Words, status: LocalStatus | null): string {
  return status?.link?.serial ?? t("page.serial-unknown");
}

function framed(words: Words, status: LocalStatus, title: string, body: Html): string {
  const serial = serialOf(words, status);
  return documentOf({ words, serial, title: `${title} · ${serial}`, live: false }, body);
}

/** Nothing is known, and that is what is said (SEE-14). */
function silent(words: Words): Shown {
  const body = html`<div id="live">${mark("dotted", words.t("page.word-unknown"))}<p>${words.t("page.no-activator")}</p></div>`;
  return {
    status: 503,
    body: documentOf(
      { words, serial: serialOf(words, null), title: words.t("page.this-scanner"), live: true },
      body,
    ),
  };
}
