import type { Gate } from "#core/change/gate-words.ts";
import type { BackReason } from "#core/change/plan.ts";
import { BEFOREHAND_TEXTS } from "#core/message/beforehand-texts.ts";
import { REFUSED_SENTENCES } from "#core/message/refused-sentences.ts";
import { REFUSED_TEXTS } from "#core/message/refused-texts.ts";
import type { Text, Texts } from "#core/message/text.ts";

/** Changes: why one waits or went back, and what that says of a scanner that is behind (status.md, row 8). Refusals: refused-texts.ts. */
const BLOCKED = {
  "blocked.window": { en: "its window", de: "sein Zeitfenster" },
  "blocked.consent": { en: "consent on site", de: "Zustimmung vor Ort" },
  "blocked.interlock": { en: "the interlock", de: "die Verriegelung" },
  "blocked.scanning": { en: "the end of the scan", de: "das Ende der Messung" },
  "blocked.energised": { en: "the scanner being switched off", de: "das Abschalten des Scanners" },
  "blocked.safety": { en: "the safety daemon", de: "der Sicherheitsdienst" },
  "blocked.hold": { en: "a hold", de: "eine Sperre" },
  "blocked.postponed": {
    en: "the time chosen at the scanner",
    de: "den Zeitpunkt, der am Scanner gewählt wurde",
  },
  "blocked.wave": { en: "its wave", de: "seine Welle" },
  "blocked.network": { en: "the network", de: "das Netz" },
  "blocked.boot-partition-full": { en: "the boot partition is full", de: "die Boot-Partition ist voll" },
  "blocked.not-in-store": { en: "it is not on its disk", de: "es liegt nicht auf dem Datenträger" },
  "blocked.boot-failed": { en: "it did not boot", de: "es ist nicht gestartet" },
  "blocked.activation-failed": {
    en: "its activation failed",
    de: "seine Aktivierung ist gescheitert",
  },
  "blocked.health-failed": { en: "it failed its probation", de: "es hat die Bewährung nicht bestanden" },
  "blocked.boot-partition-unseen": {
    en: "its boot partition could not be looked at",
    de: "die Boot-Partition ließ sich nicht ansehen",
  },
  "blocked.quarantined": { en: "it failed here before", de: "es ist hier schon einmal gescheitert" },
  "blocked.metadata-expired": { en: "its signatures have expired", de: "seine Signaturen sind abgelaufen" },
  "blocked.agent-died": {
    en: "the agent died again and again",
    de: "der Agent ist immer wieder gestorben",
  },
  "blocked.deadline-passed": {
    en: "it was not confirmed in time",
    de: "es wurde nicht rechtzeitig bestätigt",
  },
  "blocked.interrupted": {
    en: "the change was interrupted",
    de: "die Änderung wurde unterbrochen",
  },
  "blocked.unplanned-boot": {
    en: "it booted unplanned before it was confirmed",
    de: "es ist ungeplant gestartet, bevor es bestätigt war",
  },
  "blocked.asked": { en: "somebody on site asked for it", de: "jemand vor Ort hat es verlangt" },
  "blocked.too-old": { en: "it is below the security floor", de: "es liegt unter der Sicherheitsgrenze" },
} as const satisfies Texts;

/** Status.md, row 8: why a scanner does not run its pin yet, in the words of its own change. */
const BEHIND = {
  "reason.behind-under-way": {
    en: "It does not run the pinned release yet. A change is under way: {phase:change}.",
    de: "Es läuft noch nicht das festgelegte Release. Eine Änderung ist unterwegs: {phase:change}.",
  },
  "reason.behind-waiting": {
    en: "It does not run the pinned release. The change waits[ for: {why:blocked}].",
    de: "Es läuft nicht das festgelegte Release. Die Änderung wartet[ auf: {why:blocked}].",
  },
  "reason.behind-blocked": {
    en: "It does not run the pinned release, which is blocked here[: {why:blocked}].",
    de: "Es läuft nicht das festgelegte Release; es ist hier blockiert[: {why:blocked}].",
  },
  "reason.behind-rolled-back": {
    en: "It was changed to the pinned release and rolled back[: {why:blocked}]. That release stays blocked here.",
    de: "Das festgelegte Release wurde eingespielt und zurückgerollt[: {why:blocked}]. Es bleibt hier blockiert.",
  },
  "reason.behind-cancelled": {
    en: "It does not run the pinned release. The change to it was cancelled[: {why:blocked}].",
    de: "Es läuft nicht das festgelegte Release. Die Änderung dorthin wurde abgebrochen[: {why:blocked}].",
  },
  "reason.behind-expired": {
    en: "It does not run the pinned release. The change to it expired[: {why:blocked}].",
    de: "Es läuft nicht das festgelegte Release. Die Änderung dorthin ist verfallen[: {why:blocked}].",
  },
  "unknown.change-word-unknown": {
    en: "The scanner names a state of its change that this server does not know.",
    de: "Der Scanner nennt einen Zustand seiner Änderung, den dieser Server nicht kennt.",
  },
} as const satisfies Texts;

export const CHANGE_TEXTS = {
  ...BEHIND,
  "fact.quarantine": {
    en: "Held and blocked since something failed on it",
    de: "Nach einem Fehlschlag angehalten und blockiert",
  },
  "fact.confirmed": { en: "Generations confirmed on it", de: "Auf ihm bestätigte Generationen" },
  "fact.change": { en: "Change", de: "Änderung" },
  "change.unknown": { en: "not known", de: "nicht bekannt" },
  "chip.change-unknown": { en: "Change not known", de: "Änderung nicht bekannt" },
  ...BLOCKED,
  ...BEFOREHAND_TEXTS,
  ...REFUSED_TEXTS,
  ...REFUSED_SENTENCES,
} as const satisfies Texts & { readonly [K in `blocked.${BackReason | Gate}`]: Text };
