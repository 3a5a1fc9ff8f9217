// The dock's attacks: whoever owns the server tries them on one scanner, and what it answers is told here and on its own page.
import { ask, make, openScanner, outside, part } from "./part.js";

/** @typedef {{ id: string, does: string, setup: string | null }} Script */
/** @typedef {{ id: string, serial: string, scannerId: string, state: "under-way" | "held" | "through" | "failed", name: string | null, said: string[], runs: string | null }} Attack */
/** @typedef {{ scripts: Script[], target: { serial: string, possible: string[] } | null, attacks: Attack[] }} Attacks */

const LOOK_MS = 1_000;

/** @type {Record<"en" | "de", Record<string, string>>} */
const WORDS = {
  en: {
    open: "You own the server: attack…",
    title: "You own the server: attack",
    all: "Attack all 16",
    close: "Close",
    underWay: "under way …",
    failed: "It broke off; see the log of the fleet.",
    why: "You hold the server and every key on it; people's keys you do not have. Choose what it serves to this scanner.",
    somebody: "a scanner that is well",
    openScanner: "open",
    refused: "{n} of {all} refused",
    not: "not on this model",
  },
  de: {
    open: "Der Server gehört Ihnen: angreifen…",
    title: "Der Server gehört Ihnen: angreifen",
    all: "Alle 16 Angriffe",
    close: "Schließen",
    underWay: "läuft …",
    failed: "Abgebrochen; siehe das Protokoll der Flotte.",
    why: "Sie haben den Server und jeden Schlüssel auf ihm, die Schlüssel der Personen nicht. Wählen Sie, was er diesem Scanner ausliefert.",
    somebody: "ein gesunder Scanner",
    openScanner: "öffnen",
    refused: "{n} von {all} abgelehnt",
    not: "nicht bei diesem Modell",
  },
};

/** @type {Attacks} */
let seen = { scripts: [], target: null, attacks: [] };
let shown = "";
let watching = false;
/** @type {(() => void) | null} */
let redrawn = null;

const lang = () => (outside().lang.startsWith("de") ? "de" : "en");
/** @param {string} key */
const word = (key) => WORDS[lang()][key] ?? key;

/** @param {() => void} changed is called when this part may be taller or lower than before */
export function startAttacks(changed) {
  redrawn = changed;
  part("attack-all").addEventListener("click", () => void begin("all"));
  label();
}

/** The words around, in the language of the page around. */
export function label() {
  part("attack-open").textContent = word("open");
  part("attack-title-text").textContent = word("title");
  part("attack-all").textContent = word("all");
  part("attack-close").textContent = word("close");
  part("attack-why").textContent = word("why");
  part("attack").lang = lang();
  part("attack-open").lang = lang();
}

export async function lookAtAttacks() {
  const scanner = openScanner();
  const query = new URLSearchParams({ lang: lang(), ...(scanner === null ? {} : { scanner }) });
  seen = await ask(`api/attacks?${query}`);
  draw();
  if (!watching && seen.attacks.some(({ state }) => state === "under-way")) void watch();
}

/** Until the last of them has its answer. */
async function watch() {
  watching = true;
  try {
    while (seen.attacks.some(({ state }) => state === "under-way")) {
      await new Promise((done) => setTimeout(done, LOOK_MS));
      await lookAtAttacks();
    }
  } catch (error) {
    complain(error);
  }
  watching = false;
}

/** @param {string} script */
async function begin(script) {
  const scannerId = openScanner();
  try {
    await ask("api/attack", { script, ...(scannerId === null ? {} : { scannerId }) });
    await lookAtAttacks();
  } catch (error) {
    complain(error);
  }
}

/** @param {unknown} error */
function complain(error) {
  part("attack-said").textContent = String(error).replace(/^\w*Error: /, "");
  redrawn?.();
}

function draw() {
  label();
  const { scripts, target, attacks } = seen;
  const now = JSON.stringify([lang(), seen]);
  if (now === shown) return;
  shown = now;
  part("attack-target").textContent = target?.serial ?? attacks[0]?.serial ?? word("somebody");
  part("attack-said").textContent = summary(attacks);
  const focused = document.activeElement?.getAttribute("data-attack");
  part("attack-list").replaceChildren(...scripts.map(row));
  if (focused !== null && focused !== undefined)
    /** @type {HTMLElement | null} */ (document.querySelector(`[data-attack="${focused}"]`))?.focus({
      preventScroll: true,
    });
  redrawn?.();
}

/** @param {Attack[]} attacks */
function summary(attacks) {
  if (attacks.length < 2) return "";
  const n = attacks.filter(({ state }) => state === "held").length;
  return word("refused").replace("{n}", String(n)).replace("{all}", String(attacks.length));
}

/** @param {Script} script */
function row({ id, does, setup }) {
  const { target, attacks } = seen;
  const possible = target === null || target.possible.includes(id);
  const button = make("button", { type: "button" }, [
    make("b", { textContent: id }),
    make("span", { textContent: does }),
    ...(setup === null ? [] : [make("small", { textContent: setup })]),
    ...(possible ? [] : [make("small", { textContent: word("not") })]),
  ]);
  button.dataset.attack = id;
  button.setAttribute("aria-disabled", String(!possible));
  button.addEventListener("click", () => void (possible && begin(id)));
  const done = attacks.find((one) => one.id === id);
  return make("li", {}, done === undefined ? [button] : [button, answer(done)]);
}

/** @param {Attack} attack */
function answer({ serial, scannerId, state, name, said, runs }) {
  const open = make("a", {
    href: `/scanners/${scannerId}`,
    target: "_top",
    textContent: word("openScanner"),
  });
  open.setAttribute("aria-label", `${word("openScanner")} ${serial}`);
  const text =
    state === "under-way"
      ? word("underWay")
      : state === "failed"
        ? word("failed")
        : [...said, runs].join(" ");
  const line = make("p", { className: state === "held" ? "answer" : "answer loud" }, [
    make("b", { textContent: serial }),
    ` ${text} `,
    open,
  ]);
  if (state === "under-way") line.className = "answer";
  if (name !== null) line.dataset.name = name;
  return line;
}
