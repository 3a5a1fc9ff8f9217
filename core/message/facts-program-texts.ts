import type { Texts } from "#core/message/text.ts";

/** What fiducial-facts, the part that runs as root, could not find out: about the boot loader, Nix and the store. */
export const FACTS_PROGRAM_TEXTS = {
  "unknown.loader-not-found": {
    en: "No boot loader was found on this host.",
    de: "Auf diesem Rechner wurde kein Bootloader gefunden.",
  },
  "unknown.loader-denied": {
    en: "The boot loader's configuration may not be read.",
    de: "Die Konfiguration des Bootloaders darf nicht gelesen werden.",
  },
  "unknown.loader-decides-at-boot": {
    en: "The boot loader decides only at boot what it starts.",
    de: "Der Bootloader entscheidet erst beim Start, was er startet.",
  },
  "unknown.loader-entry-unread": {
    en: "The boot loader's default entry could not be read.",
    de: "Der voreingestellte Eintrag des Bootloaders ließ sich nicht lesen.",
  },
  "unknown.loader-entry-missing": {
    en: "The boot loader's default names an entry that is not there.",
    de: "Die Voreinstellung des Bootloaders nennt einen Eintrag, den es nicht gibt.",
  },
  "unknown.no-nix": {
    en: "There is no Nix on this host to ask[ ({problem})].",
    de: "Auf diesem Rechner gibt es kein Nix, das zu fragen wäre[ ({problem})].",
  },
  "unknown.nix-failed": {
    en: "Nix did not answer[: {problem}][ (status {status}: {said})].",
    de: "Nix hat nicht geantwortet[: {problem}][ (Status {status}: {said})].",
  },
  "unknown.nix-version-unread": {
    en: "The version that Nix tells was not understood.",
    de: "Die Version, die Nix nennt, wurde nicht verstanden.",
  },
  "unknown.nix-answer-unread": {
    en: "What Nix answered was not understood[: {what}].",
    de: "Was Nix geantwortet hat, wurde nicht verstanden[: {what}].",
  },
  "unknown.path-not-valid": {
    en: "Nix does not know {path} as a valid path.",
    de: "Nix kennt {path} nicht als gültigen Pfad.",
  },
  "unknown.closure-too-large": {
    en: "The closure has {count} paths, more than are read.",
    de: "Die Closure hat {count} Pfade, mehr als gelesen werden.",
  },
  "unknown.closure-incomplete": {
    en: "{path} needs {missing}, which is not in the store.",
    de: "{path} braucht {missing}, was nicht im Store liegt.",
  },
  "unknown.too-many": {
    en: "More systems are on disk than are looked at.",
    de: "Auf der Platte liegen mehr Systeme, als betrachtet werden.",
  },
  "unknown.no-running-closure": {
    en: "Which closure runs is not known, so it was not verified.",
    de: "Welche Closure läuft, ist nicht bekannt, also wurde sie nicht geprüft.",
  },
  "unknown.no-path-list": {
    en: "The path list of the closure is not known yet.",
    de: "Die Pfadliste der Closure ist noch nicht bekannt.",
  },
  "unknown.waiting-for-scan": {
    en: "It waits until the scanner is idle.",
    de: "Es wartet, bis der Scanner ruht.",
  },
} as const satisfies Texts;
