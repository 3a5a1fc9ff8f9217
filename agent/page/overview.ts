import { type Fill, mark, storePath } from "#agent/page/frame.ts";
import { type Html, html } from "#agent/page/html.ts";
import type { Session } from "#agent/page/sessions.ts";
import { stagesOf } from "#agent/page/stages.ts";
import type { Words } from "#agent/page/words.ts";
import { STEP_PHASES } from "#core/change/steps.ts";
import type { LocalStatus } from "#core/local/verbs.ts";
import type { CodeOf } from "#core/message/catalogue.ts";

/** The agent sends a heartbeat every 15 s; a server that has not answered for this long is not reached (status.md). */
const REACHED_MS = 180_000;
const MOST_ENTRIES = 10;

type Seen = { status: LocalStatus; sessions: Session[] | null; said: Html | null };

/** Everything the scanner knows of itself, and what a person in front of it may do. */
export function overview(words: Words, { status, sessions, said }: Seen): Html {
  const { t } = words;
  const { fill, word } = headlineOf(status);
  return html`<div id="live">${said}${mark(fill, words.say("page", word))}
<p class="dim">${t("page.quiet")} ${t("page.as-of", { nowAtMs: status.nowMs })}. <a class="small" href="/">${t("page.refresh")}</a></p>
${changePanel(words, status)}${actsPanel(words, status)}
<section><h2>${t("page.findings")}</h2>${list(findingsOf(words, status), t("page.no-findings"))}</section>
<section><h2>${t("page.this-scanner")}</h2><dl>
<dt>${t("page.running")}</dt><dd>${running(words, status)}</dd>
<dt>${t("page.safety")}</dt><dd>${safety(words, status)}</dd>
<dt>${t("page.link")}</dt><dd>${link(words, status)}</dd></dl></section>
<section><h2>${t("page.sessions")}</h2>${sessionList(words, sessions)}</section>
<section><h2>${t("page.log")}</h2>${list(entriesOf(words, status), t("page.no-entries"))}</section></div>`;
}

type Word = Extract<CodeOf<"page">, `word-${string}`>;

/** One word for all of it, the worst first. Never fine where the safety daemon was not heard. */
function headlineOf(status: LocalStatus): { fill: Fill; word: Word } {
  const phase = STEP_PHASES[status.step];
  if (status.safety !== null && !status.safety.healthy) return { fill: "solid", word: "word-safety" };
  if (phase === "stuck") return { fill: "solid", word: "word-stuck" };
  if (phase === "armed" || phase === "back") return { fill: "outline", word: "word-moving" };
  if (status.safety === null) return { fill: "dotted", word: "word-unknown" };
  if (status.hold !== null || status.held !== null) return { fill: "wait", word: "word-held" };
  if (status.plan !== null) return { fill: "wait", word: "word-waiting" };
  if (!isReached(status)) return { fill: "dashed", word: "word-offline" };
  return { fill: "plain", word: "word-quiet" };
}

function isReached({ link: told, nowMs }: LocalStatus): boolean {
  return told?.lastAnswerMs != null && Math.abs(nowMs - told.lastAnswerMs) <= REACHED_MS;
}

export function nameOf({ release, toplevel }: { release: string | null; toplevel: string }): string {
  return release ?? toplevel.replace(/^\/nix\/store\/[a-z0-9]{32}-/, "");
}

/** Of what a hold began after. */
export function nameIn({ release, toplevel }: { release: string | null; toplevel: string }): string {
  return nameOf({ release: release === toplevel ? null : release, toplevel });
}

function changePanel({ t }: Words, status: LocalStatus): Html {
  const { plan, hold, held, told, enabled } = status;
  const lines = [
    enabled ? null : t("page.changes-off"),
    plan === null ? t("page.no-change") : t("page.change-to", { to: nameOf(plan), by: plan.requestedBy }),
    plan?.waiting == null ? null : t("page.waits-for", { why: plan.waiting }),
    hold === null ? null : t("page.held-since", { sinceAtMs: hold.sinceMs, reason: hold.reason }),
    held === null
      ? null
      : t("page.held-after", { sinceAtMs: held.sinceMs, to: nameIn(held), why: held.reason }),
    plan !== null || told.state === "none"
      ? null
      : t("page.last-change", { state: told.state, ...(told.reason === null ? {} : { why: told.reason }) }),
  ].filter((line) => line !== null);
  const stages = stagesOf(status.step).map(
    ({ code, at }) =>
      html`<li class="stage ${at}"><b>${t(`stage.${at}`)}</b><span>${t(`stage.${code}`)}</span></li>`,
  );
  const steps = stages.length === 0 ? null : html`<ol>${stages}</ol>`;
  return html`<section><h2>${t("page.change")}</h2>${lines.map((line) => html`<p><bdi>${line}</bdi></p>`)}${steps}</section>`;
}

function actsPanel({ t }: Words, { plan, hold, held }: LocalStatus): Html {
  const answer = plan !== null && plan.origin === "instruction" && plan.action !== "stage";
  return html`<section><h2>${t("page.acts")}</h2>
${answer ? html`<a class="tap" href="/consent">${t("form.consent")}</a>` : null}
${hold === null ? html`<a class="tap" href="/hold">${t("form.hold")}</a>` : null}
${hold === null && held === null ? null : html`<a class="tap" href="/release">${t("form.release")}</a>`}
<a class="tap" href="/report">${t("form.report")}</a><a class="tap" href="/rollback">${t("form.rollback")}</a></section>`;
}

function findingsOf({ t }: Words, { seen, confirmed, link: told, blocked }: LocalStatus): string[] {
  const unread = told?.unread ?? [];
  return [
    seen.current !== null && seen.booted !== null && seen.current !== seen.booted
      ? t("page.not-booted")
      : null,
    confirmed.some(({ toplevel }) => toplevel === seen.current) ? null : t("page.not-confirmed"),
    blocked.length === 0 ? null : t("page.blocked", { count: blocked.length }),
    unread.length === 0 ? null : t("page.unread", { count: unread.length, names: unread.join(", ") }),
  ].filter((line) => line !== null);
}

function list(lines: readonly string[], none: string): Html {
  if (lines.length === 0) return html`<p>${none}</p>`;
  return html`<ul>${lines.map((line) => html`<li><bdi>${line}</bdi></li>`)}</ul>`;
}

function running({ t }: Words, { seen, confirmed }: LocalStatus): Html {
  if (seen.current === null) return html`${t("page.not-read")}`;
  const known = confirmed.find(({ toplevel }) => toplevel === seen.current);
  const { confirmedAtMs } = known ?? {};
  const since = confirmedAtMs === undefined ? null : html`<br>${t("page.confirmed-at", { confirmedAtMs })}`;
  return html`<b><bdi>${known?.release ?? t("page.no-release")}</bdi></b><br>${storePath(seen.current)}${since}`;
}

function safety({ t }: Words, { safety: told }: LocalStatus): string {
  if (told === null) return t("page.safety-silent");
  const { healthy, state, scanState: scan, ageMs } = told;
  return healthy ? t("page.safety-well", { scan }) : t("page.safety-unwell", { state, scan, ageMs });
}

function link({ t }: Words, status: LocalStatus): Html {
  const { link: told } = status;
  if (told === null || told.lastAnswerMs === null) return html`${t("page.link-never")}`;
  const { lastAnswerMs, waitingReports: waiting, serverUrl } = told;
  const said = isReached(status)
    ? t("page.link-live", { lastAtMs: lastAnswerMs })
    : t("page.link-lost", { sinceAtMs: lastAnswerMs, waiting });
  return html`${said}<br><bdi class="dim">${serverUrl}</bdi>`;
}

function sessionList({ t }: Words, sessions: Session[] | null): Html {
  if (sessions === null) return html`<p>${t("page.sessions-unknown")}</p>`;
  const lines = sessions.map(({ user, service, host, sinceMs }) =>
    t("page.session", {
      ...{ user, service },
      ...(host === null ? {} : { host }),
      ...(sinceMs === null ? {} : { sinceAtMs: sinceMs }),
    }),
  );
  return list(lines, t("page.nobody"));
}

function entriesOf({ t, say, time }: Words, { entries }: LocalStatus): string[] {
  return entries
    .slice(-MOST_ENTRIES)
    .reverse()
    .map(({ act, atMs, result, to, text }) => {
      const refused = result === "done" ? null : t("page.entered-refused");
      return [time(atMs), say("act", `local.${act}`), refused, to, text]
        .filter((one) => one !== null)
        .join(" · ");
    });
}
