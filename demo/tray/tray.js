// The dock's page: asks its own small server what can break, and tells the page around it how tall it would like to be.
import { label, lookAtAttacks, startAttacks } from "./attack.js";
import { ask, make, openScanner, outside, part } from "./part.js";

/** @typedef {{ id: string, title: string, sentence: string, word: string, variant: string | null, chip: string | null, afterMs: number }} Fault */
/** @typedef {{ fault: string, title: string, sentence: string, serial: string, scannerId: string, sinceMs: number }} Broken */
/** @typedef {{ scanners: number, running: number, target: { serial: string, scannerId: string, possible: string[] } | null, broken: Broken[] }} State */

const QUICK = ["F12", "F26", "F22"];
const LOOK_MS = 1_000;
const REFRESH_MS = 5_000;

/** In the order of the headlines, most severe first. */
const GROUPS = ["unsafe", "offline", "unknown", "degraded", "drifted", "behind", "nominal"];
/** @type {Record<string, string>} */
const GROUP_TITLES = {
  unsafe: "Unsafe",
  offline: "Offline",
  unknown: "Unknown",
  degraded: "Degraded",
  drifted: "Drifted",
  behind: "Behind",
  nominal: "Nominal, with a mark beside it",
};

/** @type {Fault[]} */
let faults = [];
/** @type {State} */
let state = { scanners: 0, running: 0, target: null, broken: [] };
let shownPath = "";
let shownLang = "";

const panel = part("panel");
const attacks = part("attack");
const attackOpen = part("attack-open");
const more = part("more");
const said = part("said");
const filter = /** @type {HTMLInputElement} */ (part("filter"));

async function refresh() {
  const scanner = openScanner();
  state = await ask(`api/state${scanner === null ? "" : `?scanner=${encodeURIComponent(scanner)}`}`);
  draw();
}

/** @param {unknown} error */
function complain(error) {
  said.replaceChildren(
    error instanceof TypeError ? "The fleet does not answer." : String(error).replace("Error: ", ""),
  );
  tellHeight();
}

/** @param {Fault} fault */
async function fire(fault) {
  const { target } = state;
  if (target !== null && !target.possible.includes(fault.id)) return;
  said.replaceChildren("…");
  try {
    const fired = await ask("api/fire", {
      fault: fault.id,
      ...(target === null ? {} : { serial: target.serial }),
    });
    tellFired(fault, fired);
    await refresh();
  } catch (error) {
    complain(error);
  }
}

/**
 * @param {Fault} fault
 * @param {Broken} fired
 */
function tellFired({ title, afterMs }, { serial, scannerId }) {
  const name = make("b", { textContent: serial });
  const open = make("a", { href: `/scanners/${scannerId}`, target: "_top", textContent: "open" });
  const mendIt = make("button", { type: "button", textContent: "mend" });
  mendIt.setAttribute("aria-label", `Mend ${serial}`);
  mendIt.addEventListener("click", () => void mend({ serial }));
  const later = afterMs === 0 ? "" : ` (shows after ${waitText(afterMs)})`;
  said.replaceChildren(`${title}: `, name, `${later} · `, open, " · ", mendIt);
}

/** @param {number} ms */
const waitText = (ms) => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`);

/** @param {{ serial: string } | { all: true }} order */
async function mend(order) {
  try {
    const { mended } = await ask("api/mend", order);
    /** @type {string[]} */
    const afterwards = mended.flatMap((/** @type {{ afterwards: string[] }} */ one) => one.afterwards);
    const what = "serial" in order ? order.serial : "Everything";
    said.replaceChildren([`${what} is mended.`, ...new Set(afterwards)].join(" "));
    await refresh();
  } catch (error) {
    complain(error);
  }
}

function draw() {
  const { target, broken } = state;
  part("panel-target").textContent = target === null ? "on a scanner that is well" : `on ${target.serial}`;
  for (const button of document.querySelectorAll("[data-fault]")) {
    const possible = target === null || target.possible.includes(button.getAttribute("data-fault") ?? "");
    button.setAttribute("aria-disabled", String(!possible));
  }
  part("broken").hidden = broken.length === 0;
  part("broken-list").replaceChildren(...broken.map(brokenRow));
  tellHeight();
}

/** @param {Broken} one */
function brokenRow({ title, serial, scannerId }) {
  const open = make("a", { href: `/scanners/${scannerId}`, target: "_top", textContent: "open" });
  open.setAttribute("aria-label", `Open ${serial}`);
  const button = make("button", { type: "button", className: "small", textContent: "Mend" });
  button.setAttribute("aria-label", `Mend ${serial}`);
  button.addEventListener("click", () => void mend({ serial }));
  return make("li", {}, [make("span", { textContent: `${title} on ${serial}` }), open, button]);
}

/** @param {Fault} fault */
function quickButton(fault) {
  const button = make("button", {
    type: "button",
    className: "small",
    textContent: fault.title,
    title: fault.sentence,
  });
  button.dataset.fault = fault.id;
  button.addEventListener("click", () => void fire(fault));
  return button;
}

/** @param {Fault} fault */
function faultRow(fault) {
  const button = make("button", { type: "button" }, [
    make("b", { textContent: fault.title }),
    make("small", { textContent: fault.sentence }),
  ]);
  button.dataset.fault = fault.id;
  button.dataset.words = `${fault.id} ${fault.title} ${fault.sentence} ${fault.word}`.toLowerCase();
  button.addEventListener("click", () => void fire(fault));
  return make("li", {}, [button]);
}

function drawFaults() {
  const quick = QUICK.flatMap((id) => faults.find((one) => one.id === id) ?? []);
  part("quick").replaceChildren(...quick.map(quickButton));
  const groups = GROUPS.flatMap((word) => {
    const of = faults.filter((one) => one.word === word);
    if (of.length === 0) return [];
    const list = make("ul", { className: "faults" }, of.map(faultRow));
    return [make("section", {}, [make("h2", { textContent: GROUP_TITLES[word] ?? word }), list])];
  });
  part("groups").replaceChildren(...groups);
}

function sift() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let left = 0;
  for (const section of part("groups").children) {
    let here = 0;
    for (const row of section.querySelectorAll("li")) {
      const text = row.querySelector("button")?.dataset.words ?? "";
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) here += 1;
    }
    if (section instanceof HTMLElement) section.hidden = here === 0;
    left += here;
  }
  part("none").hidden = left > 0;
  tellHeight();
}

/** @param {boolean} open */
function show(open) {
  if (open) showAttacks(false);
  panel.hidden = !open;
  more.setAttribute("aria-expanded", String(open));
  more.textContent = open ? "Fewer" : moreText();
  tellHeight();
  if (open) {
    panel.scrollTop = 0;
    filter.focus({ preventScroll: true });
  } else more.focus();
}

/** @param {boolean} open */
function showAttacks(open) {
  if (attacks.hidden === !open) return;
  if (open) {
    panel.hidden = true;
    more.setAttribute("aria-expanded", "false");
    more.textContent = moreText();
  }
  attacks.hidden = !open;
  attackOpen.setAttribute("aria-expanded", String(open));
  tellHeight();
  if (!open) return;
  attacks.scrollTop = 0;
  part("attack-all").focus({ preventScroll: true });
  lookAtAttacks().catch(complain);
}

function moreText() {
  return window.matchMedia("(max-width: 720px)").matches ? `${faults.length} faults…` : "25 more…";
}

/** The frame may be lower than what is in it while a panel opens; its content says what it needs. */
function tellHeight() {
  const bar = document.querySelector(".bar")?.getBoundingClientRect().height ?? 44;
  const open = [panel, attacks].find((one) => !one.hidden);
  const wanted = open === undefined ? bar : bar + Math.min(open.scrollHeight, 480);
  window.parent.postMessage({ dockHeight: Math.ceil(wanted) }, window.location.origin);
}

function closeAttacks() {
  showAttacks(false);
  attackOpen.focus();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.key === "Escape" && !(panel.hidden && attacks.hidden)) {
    event.preventDefault();
    if (panel.hidden) closeAttacks();
    else show(false);
    return;
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const rows = [...panel.querySelectorAll("#groups button")].filter(
    (one) => one.closest("[hidden]") === null,
  );
  const at = rows.indexOf(/** @type {Element} */ (document.activeElement));
  if (at === -1 && document.activeElement !== filter) return;
  const next = rows[event.key === "ArrowDown" ? at + 1 : at - 1];
  event.preventDefault();
  if (next instanceof HTMLElement) next.focus();
  else filter.focus();
}

/** Theme and open page of the page around change without a word to a frame. */
function follow() {
  const { theme, lang, path } = outside();
  if (theme === "") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  if (lang !== shownLang) label();
  if (path === shownPath && lang === shownLang) return;
  shownPath = path;
  shownLang = lang;
  refresh().catch(complain);
  if (!attacks.hidden) lookAtAttacks().catch(complain);
}

more.addEventListener("click", () => show(panel.hidden));
startAttacks(tellHeight);
attackOpen.addEventListener("click", () => showAttacks(attacks.hidden));
part("attack-close").addEventListener("click", closeAttacks);
part("close").addEventListener("click", () => show(false));
part("mend-all").addEventListener("click", () => void mend({ all: true }));
filter.addEventListener("input", sift);
document.addEventListener("keydown", onKey);
window.addEventListener("resize", () => {
  if (panel.hidden) more.textContent = moreText();
  tellHeight();
});
window.addEventListener("message", (event) => {
  if (event.origin === window.location.origin && event.data?.dock === "height?") tellHeight();
});

try {
  faults = await ask("api/faults");
  drawFaults();
  more.textContent = moreText();
  follow();
} catch (error) {
  complain(error);
}
setInterval(follow, LOOK_MS);
setInterval(() => {
  if (!panel.hidden || state.broken.length > 0) refresh().catch(complain);
}, REFRESH_MS);
