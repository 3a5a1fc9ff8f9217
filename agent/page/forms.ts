import { type Html, html } from "#agent/page/html.ts";
import { nameIn, nameOf } from "#agent/page/overview.ts";
import type { Words } from "#agent/page/words.ts";
import { CHOICES } from "#core/local/choice.ts";
import type { CheckTold } from "#core/local/preflight.ts";
import { standsAgainstWayBack } from "#core/local/preflight.ts";
import type { LocalAnswer, LocalStatus } from "#core/local/verbs.ts";

/** A form for each act. Each button says what it does to which scanner; nothing dangerous is focused first (ui.md). */
export type Asked = {
  words: Words;
  token: string;
  serial: string;
  status: LocalStatus;
  /** What was typed before it was refused; never a passcode. */
  typed: URLSearchParams;
  /** Why it was refused. */
  no: Html | null;
};

function card({ token, no, words }: Asked, action: string, title: string, body: Html): Html {
  return html`${no}<form class="card" method="post" action="${action}"><h2>${title}</h2>
<input type="hidden" name="token" value="${token}">${body}</form><p><a class="small" href="/">${words.t("page.back-to-start")}</a></p>`;
}

function passcode({ words: { t } }: Asked): Html {
  return html`<label for="passcode">${t("form.passcode")}</label>
<input id="passcode" name="passcode" type="password" inputmode="numeric" autocomplete="off" maxlength="64">`;
}

function reason({ words: { t }, typed }: Asked): Html {
  return html`<label for="reason">${t("form.reason")}</label>
<input id="reason" name="reason" type="text" required maxlength="1000" autocomplete="off" value="${typed.get("reason") ?? ""}">`;
}

export function consentForm(asked: Asked): Html | null {
  const { words, status, serial } = asked;
  const { t } = words;
  if (status.plan === null) return null;
  const { changeId } = status.plan;
  const choices = CHOICES.map(
    (
      choice,
    ) => html`<div class="choice"><input type="radio" name="choice" id="${choice}" value="${choice}" required>
<label for="${choice}">${t(`form.consent-${choice}`)}</label></div>`,
  );
  const body = html`<p><bdi>${t("form.consent-intro", { to: nameOf(status.plan) })}</bdi></p>
<input type="hidden" name="changeId" value="${changeId}">
<fieldset><legend>${t("form.consent")}</legend>${choices}</fieldset>${passcode(asked)}
<button>${t("form.consent-send", { serial })}</button>`;
  return card(asked, "/consent", t("form.consent"), body);
}

export function holdForm(asked: Asked): Html {
  const { t } = asked.words;
  const body = html`<p>${t("form.hold-intro")}</p>${reason(asked)}<button>${t("form.hold-send", { serial: asked.serial })}</button>`;
  return card(asked, "/hold", t("form.hold"), body);
}

export function releaseForm(asked: Asked): Html | null {
  const { t } = asked.words;
  const { hold, held } = asked.status;
  if (hold === null && held === null) return null;
  const person = hold === null ? null : t("form.release-intro", { reason: hold.reason });
  const after =
    held === null
      ? null
      : t("page.held-after", { sinceAtMs: held.sinceMs, to: nameIn(held), why: held.reason });
  const why = [person, after].filter((line) => line !== null).map((line) => html`<p><bdi>${line}</bdi></p>`);
  const body = html`${why}${reason(asked)}${passcode(asked)}
<button>${t("form.release-send", { serial: asked.serial })}</button>`;
  return card(asked, "/release", t("form.release"), body);
}

export function reportForm(asked: Asked): Html {
  const { t } = asked.words;
  const body = html`<p>${t("form.report-intro")}</p><label for="text">${t("form.words")}</label>
<textarea id="text" name="text" required maxlength="1000">${asked.typed.get("text") ?? ""}</textarea>
<button>${t("form.report-send")}</button>`;
  return card(asked, "/report", t("form.report"), body);
}

/** Which generation, of those confirmed here; what runs is none of them. */
export function rollbackChoice({ words: { t }, status, no }: Asked): Html {
  const others = status.confirmed.filter(({ toplevel }) => toplevel !== status.seen.current);
  const links = others.map(
    (one) => html`<a class="tap" href="/rollback?to=${encodeURIComponent(one.toplevel)}"><span>
<bdi>${t("form.rollback-choose", { to: nameOf(one) })}</bdi><br><small class="dim">${t("page.confirmed-at", { confirmedAtMs: one.confirmedAtMs })}</small></span></a>`,
  );
  return html`${no}<section><h2>${t("form.rollback")}</h2><p>${t("form.rollback-intro")}</p>
${links.length === 0 ? html`<p>${t("form.rollback-none")}</p>` : links}</section>
<p><a class="small" href="/">${t("page.back-to-start")}</a></p>`;
}

type Preflight = Extract<LocalAnswer, { answer: "preflight" }>;

/** The questions with their answers, then the one target, reason, passcode. An unhealthy daemon can be answered for, and nothing else. */
export function rollbackForm(asked: Asked, preflight: Preflight): Html {
  const { words, serial } = asked;
  const { t } = words;
  const to = nameOf(preflight);
  const shut = standsAgainstWayBack(preflight.checks, true) !== null;
  const sick = standsAgainstWayBack(preflight.checks, false) === "safety";
  const attest = html`<div class="choice"><input type="checkbox" id="attest" name="attest" value="yes" required>
<label for="attest">${t("form.rollback-attest")}</label></div>`;
  const body = html`<h2>${t("form.rollback-checks")}</h2><ul>${preflight.checks.map((one) => checkLine(words, one))}</ul>
<input type="hidden" name="to" value="${preflight.toplevel}">${shut ? html`<p>${t("form.rollback-blocked")}</p>` : null}
${sick && !shut ? attest : null}${reason(asked)}${passcode(asked)}
${shut ? html`<button disabled>${t("form.rollback-send", { serial, to })}</button>` : html`<button>${t("form.rollback-send", { serial, to })}</button>`}`;
  return card(asked, "/rollback", t("form.rollback-to", { to }), body);
}

function checkLine({ t }: Words, { check, verdict }: CheckTold): Html {
  return html`<li class="stage ${verdict === "pass" ? "done" : "now"}"><b>${t(`verdict.${verdict}`)}</b><span>${t(`local-check.${check}`)}</span></li>`;
}
