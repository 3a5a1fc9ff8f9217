import { FACTS_PROGRAM_TEXTS } from "#core/message/facts-program-texts.ts";
import type { Text, Texts } from "#core/message/text.ts";
import type { ReasonCode } from "#core/report/reason-codes.ts";

/** Why a value could not be seen. Codes come from the agent too, a newer one may send more: those are shown as they are. */
const COMPARING = {
  "unknown.wrong-arguments": {
    en: "The item's arguments do not fit its kind.",
    de: "Die Argumente des Prüfpunkts passen nicht zu seiner Art.",
  },
  "unknown.not-reported": { en: "The report does not speak of it.", de: "Der Bericht sagt nichts darüber." },
  "unknown.path-list-not-uploaded": {
    en: "The scanner has not sent the path list of this closure yet.",
    de: "Der Scanner hat die Pfadliste dieses Systems noch nicht gesendet.",
  },
  "unknown.digest-not-computed": {
    en: "The digest of this closure is not computed yet.",
    de: "Der Digest dieser Closure ist noch nicht berechnet.",
  },
  "unknown.other-closure-verified": {
    en: "Another closure than the running one was verified.",
    de: "Eine andere Closure als die laufende wurde geprüft.",
  },
  "unknown.verification-unfinished": {
    en: "Verification has checked {checkedPaths} of {totalPaths} paths.",
    de: "Die Prüfung hat {checkedPaths} von {totalPaths} Pfaden geprüft.",
  },
  "unknown.safety-absent": {
    en: "There is no safety daemon to ask.",
    de: "Es gibt keinen Sicherheitsdienst, der zu fragen wäre.",
  },
  "unknown.safety-silent": {
    en: "The safety daemon is silent; only its last word is known.",
    de: "Der Sicherheitsdienst schweigt; nur sein letztes Wort ist bekannt.",
  },
  "unknown.safety-garbage": {
    en: "The safety daemon sends lines that cannot be believed.",
    de: "Der Sicherheitsdienst sendet unglaubwürdige Zeilen.",
  },
  "unknown.safety-not-heard": {
    en: "The safety daemon was not heard.",
    de: "Der Sicherheitsdienst wurde nicht gehört.",
  },
  "unknown.safety-word-unknown": {
    en: "The safety daemon used a word that this server does not know.",
    de: "Der Sicherheitsdienst nutzt ein Wort, das dieser Server nicht kennt.",
  },
  "unknown.chain-element-unknown": {
    en: "The safety daemon does not know the state of {element}.",
    de: "Der Sicherheitsdienst kennt den Zustand von {element} nicht.",
  },
  "unknown.list-cut-short": {
    en: "The list was too long to be sent whole.",
    de: "Die Liste war zu lang, um ganz gesendet zu werden.",
  },
  "unknown.quality-not-good": {
    en: "Its owner calls the value {quality}.",
    de: "Der Besitzer nennt den Wert {quality}.",
  },
  "unknown.no-value": { en: "There is no value.", de: "Es gibt keinen Wert." },
  "unknown.not-published": {
    en: "Its owner does not publish it.",
    de: "Der Besitzer veröffentlicht es nicht.",
  },
  "unknown.no-size": { en: "The file system tells no size.", de: "Das Dateisystem nennt keine Größe." },
} as const satisfies Texts;

/** Reasons of the agent; the list itself is core/report/reason-codes.ts. */
const AGENT = {
  "unknown.not-nixos": {
    en: "This host does not run NixOS[, but {os}].",
    de: "Auf diesem Rechner läuft kein NixOS[, sondern {os}].",
  },
  "unknown.no-such-file": {
    en: "The file is not there[: {path}].",
    de: "Die Datei ist nicht vorhanden[: {path}].",
  },
  "unknown.denied": {
    en: "The agent may not read it[: {path}].",
    de: "Der Agent darf es nicht lesen[: {path}].",
  },
  "unknown.needs-root": { en: "Only root may read it[: {path}].", de: "Nur root darf es lesen[: {path}]." },
  "unknown.too-large": {
    en: "It is larger than the agent reads[: {path}][, {maxBytes}].",
    de: "Es ist größer, als der Agent liest[: {path}][, {maxBytes}].",
  },
  "unknown.timeout": {
    en: "It did not answer in time[: {path}].",
    de: "Es hat nicht rechtzeitig geantwortet[: {path}].",
  },
  "unknown.not-a-program": { en: "It is not a program[: {path}].", de: "Es ist kein Programm[: {path}]." },
  "unknown.read-failed": {
    en: "Reading it failed[: {path}][ ({detail})].",
    de: "Das Lesen ist gescheitert[: {path}][ ({detail})].",
  },
  "unknown.malformed": {
    en: "It does not have the expected form[: {path}][ ({detail})].",
    de: "Es hat nicht die erwartete Form[: {path}][ ({detail})].",
  },
  "unknown.dangling-link": {
    en: "The link[ {path}] leads to something that is not on disk[: {target}].",
    de: "Der Link[ {path}] führt zu etwas, das nicht auf der Platte ist[: {target}].",
  },
  "unknown.not-a-store-path": {
    en: "The link[ {path}] does not lead to a store path[: {target}].",
    de: "Der Link[ {path}] führt nicht zu einem Store-Pfad[: {target}].",
  },
  "unknown.no-module-tree": {
    en: "The closure has no module tree[: {path}].",
    de: "Die Closure hat keinen Modulbaum[: {path}].",
  },
  "unknown.several-module-trees": {
    en: "The module tree has no single kernel release[: {path}].",
    de: "Der Modulbaum hat nicht genau eine Kernelversion[: {path}].",
  },
  "unknown.kernel-without-modules": {
    en: "This kernel has no loadable modules.",
    de: "Dieser Kernel hat keine ladbaren Module.",
  },
  "unknown.module-files-not-compared": {
    en: "Another module tree for the same kernel release; not all of its files could be compared[: {count}][, first {module}].",
    de: "Ein anderer Modulbaum für dieselbe Kernelversion; nicht alle seine Dateien waren zu vergleichen[: {count}][, zuerst {module}].",
  },
  "unknown.parameter-not-read": {
    en: "The value of the parameter[ {name}] is closed to the agent, or longer than a report takes.",
    de: "Der Wert des Parameters[ {name}] ist dem Agenten verschlossen oder länger, als ein Bericht fasst.",
  },
  "unknown.no-boot-loader": {
    en: "No boot loader configuration was found that the agent can read.",
    de: "Keine Konfiguration eines Boot-Loaders gefunden, die der Agent lesen kann.",
  },
  "unknown.boot-entry-not-understood": {
    en: "The default boot entry does not lead to a store path[: {entry}].",
    de: "Der voreingestellte Boot-Eintrag führt nicht zu einem Store-Pfad[: {entry}].",
  },
  "unknown.not-running-systemd": {
    en: "This host is not managed by systemd.",
    de: "Dieser Rechner wird nicht von systemd verwaltet.",
  },
  "unknown.no-system-bus": {
    en: "There is no system bus[: {path}].",
    de: "Es gibt keinen System-Bus[: {path}].",
  },
  "unknown.bus-error": {
    en: "systemd answered with an error[: {detail}].",
    de: "systemd hat mit einem Fehler geantwortet[: {detail}].",
  },
  "unknown.no-safety-socket": {
    en: "No safety daemon was ever heard and there is no socket[: {path}].",
    de: "Nie wurde ein Sicherheitsdienst gehört, und es gibt keinen Socket[: {path}].",
  },
  "unknown.facts-program-absent": {
    en: "fiducial-facts has not written on this host[: {path}].",
    de: "fiducial-facts hat auf diesem Rechner nichts geschrieben[: {path}].",
  },
  "unknown.no-time-service": {
    en: "Nothing on this host tells whether the clock is synchronised.",
    de: "Nichts auf diesem Rechner sagt, ob die Uhr synchronisiert ist.",
  },
  "unknown.no-hardware-identity": {
    en: "Nothing on this host identifies its hardware.",
    de: "Nichts auf diesem Rechner kennzeichnet seine Hardware.",
  },
  "unknown.quiet-while-scanning": {
    en: "Read only while idle, and the scanner has been scanning since the agent started.",
    de: "Wird nur im Leerlauf gelesen, und der Scanner scannt, seit der Agent läuft.",
  },
  "unknown.probe-failed": {
    en: "The agent's probe[ {probe}] failed[: {detail}]. This is a defect of the agent, not of the scanner.",
    de: "Die Sonde[ {probe}] des Agenten ist gescheitert[: {detail}]. Das ist ein Fehler des Agenten, nicht des Scanners.",
  },
  "unknown.too-large-to-report": {
    en: "It did not fit into the report.",
    de: "Es passte nicht in den Bericht.",
  },
} as const satisfies {
  readonly [K in `unknown.${Exclude<ReasonCode, "no-such-bus" | "private-devices">}`]: Text;
} & Texts;

/** Why a proposed item deserves a second look before it is adopted (EXP-8). */
const NOTES = {
  "note.failed-now": {
    en: "Failed now; proposed for information only.",
    de: "Jetzt gestört; nur zur Information vorgeschlagen.",
  },
  "note.triggered": {
    en: "Started by {trigger}; that it runs now may be chance.",
    de: "Wird von {trigger} gestartet; dass es jetzt läuft, kann Zufall sein.",
  },
  "note.not-seen-now": {
    en: "Not seen now; it would be a finding at once.",
    de: "Jetzt nicht gesehen; es wäre sofort ein Befund.",
  },
  "note.safety-not-ok-now": {
    en: "The safety daemon reports {state:safety} now.",
    de: "Der Sicherheitsdienst meldet jetzt: {state:safety}.",
  },
  "note.bypassed-now": {
    en: "A protection is switched off now; the baseline expects none.",
    de: "Ein Schutz ist jetzt überbrückt; der Sollzustand erwartet keinen.",
  },
  "note.chain-not-closed-now": {
    en: "Not closed now; the baseline expects closed.",
    de: "Jetzt nicht geschlossen; der Sollzustand erwartet geschlossen.",
  },
  "note.reboot-pending-now": {
    en: "The booted system is another one now.",
    de: "Gestartet ist jetzt ein anderes System.",
  },
  "note.not-synchronised-now": { en: "Not synchronised now.", de: "Jetzt nicht synchronisiert." },
  "note.low-now": { en: "Below the limit now.", de: "Jetzt unter der Grenze." },
  "note.value-suspect": {
    en: "Its owner calls the value suspect.",
    de: "Der Besitzer nennt den Wert verdächtig.",
  },
  "note.not-published-often": {
    en: "Published rarely; its age is not limited.",
    de: "Selten veröffentlicht; sein Alter ist nicht begrenzt.",
  },
} as const satisfies Texts;

export const UNKNOWN_TEXTS = { ...COMPARING, ...AGENT, ...FACTS_PROGRAM_TEXTS, ...NOTES } as const;
