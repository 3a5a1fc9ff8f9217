import type { Texts } from "#core/message/text.ts";

/** Why a value could not be seen. Codes come from the agent too, a newer one may send more: those are shown as they are. */
export const UNKNOWN_TEXTS = {
  "unknown.wrong-arguments": {
    en: "The item's arguments do not fit its kind.",
    de: "Die Argumente des Prüfpunkts passen nicht zu seiner Art.",
  },
  "unknown.not-reported": { en: "The report does not speak of it.", de: "Der Bericht sagt nichts darüber." },
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

  "unknown.kernel-without-modules": {
    en: "This kernel has no loadable modules to list.",
    de: "Dieser Kernel hat keine ladbaren Module.",
  },
  "unknown.not-nixos": { en: "This host does not run NixOS.", de: "Auf diesem Rechner läuft kein NixOS." },
  "unknown.no-such-file": {
    en: "The file is not there[: {path}].",
    de: "Die Datei ist nicht vorhanden[: {path}].",
  },
  "unknown.missing": { en: "It is not there[: {path}].", de: "Es ist nicht vorhanden[: {path}]." },
  "unknown.denied": {
    en: "The agent may not read it[: {path}].",
    de: "Der Agent darf es nicht lesen[: {path}].",
  },
  "unknown.needs-root": { en: "Only root can read it.", de: "Nur root kann es lesen." },
  "unknown.too-large": {
    en: "It is larger than the agent reads[: {path}].",
    de: "Es ist größer, als der Agent liest[: {path}].",
  },
  "unknown.too-large-to-report": {
    en: "It did not fit into the report.",
    de: "Es passte nicht in den Bericht.",
  },
  "unknown.timeout": { en: "It did not answer in time.", de: "Es hat nicht rechtzeitig geantwortet." },
  "unknown.not-a-program": {
    en: "The program is not installed[: {program}].",
    de: "Das Programm ist nicht installiert[: {program}].",
  },
  "unknown.failed": { en: "Reading it failed[: {detail}].", de: "Das Lesen ist gescheitert[: {detail}]." },
  "unknown.not-running-systemd": {
    en: "This host does not run systemd.",
    de: "Auf diesem Rechner läuft kein systemd.",
  },
  "unknown.no-safety-socket": { en: "There is no safety socket.", de: "Es gibt keinen Sicherheits-Socket." },
  "unknown.facts-program-absent": {
    en: "fiducial-facts has not written yet.",
    de: "fiducial-facts hat noch nichts geschrieben.",
  },
  "unknown.dangling-link": {
    en: "The link leads nowhere[: {path}].",
    de: "Der Link führt ins Leere[: {path}].",
  },
  "unknown.not-a-store-path": {
    en: "It does not lead into a Nix store[: {path}].",
    de: "Es führt nicht in einen Nix-Store[: {path}].",
  },
  "unknown.malformed": {
    en: "It does not have the expected form[: {detail}].",
    de: "Es hat nicht die erwartete Form[: {detail}].",
  },
  "unknown.no-nix": { en: "Nix is not installed.", de: "Nix ist nicht installiert." },
  "unknown.no-module-tree": {
    en: "This closure has no module tree.",
    de: "Diese Closure hat keinen Modulbaum.",
  },
  "unknown.no-profile": { en: "There is no system profile.", de: "Es gibt kein Systemprofil." },
  "unknown.no-boot-loader": {
    en: "No boot loader entry was found.",
    de: "Kein Eintrag eines Boot-Loaders gefunden.",
  },
  "unknown.no-bus": { en: "systemd's bus does not answer.", de: "Der Bus von systemd antwortet nicht." },
  "unknown.not-yet": { en: "Not looked at yet.", de: "Noch nicht angesehen." },
  "unknown.while-scanning": {
    en: "Not read while scanning.",
    de: "Wird während des Scannens nicht gelesen.",
  },

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
