import type { Texts } from "#core/message/text.ts";

/** What people ask of signed releases and changes, why it is refused, and what they should know before. */
export const REQUEST_TEXTS = {
  "act.release.published": {
    en: "published a signed release",
    de: "hat ein signiertes Release veröffentlicht",
  },
  "act.release.withdrawn": {
    en: "withdrew a signed release",
    de: "hat ein signiertes Release zurückgezogen",
  },
  "act.release.pinned": {
    en: "set the release a scanner should run",
    de: "hat festgelegt, welches Release ein Scanner haben soll",
  },
  "act.change.requested": { en: "asked for a change", de: "hat eine Änderung angefordert" },
  "act.change.cancelled": {
    en: "asked to cancel a change",
    de: "hat den Abbruch einer Änderung angefordert",
  },
  "act.change.hold-released": {
    en: "released a scanner that was held after a rollback",
    de: "hat einen nach Rückkehr angehaltenen Scanner freigegeben",
  },
  "act.change.lift-asked": {
    en: "asked to lift a block, to be confirmed by a second person",
    de: "hat beantragt, eine Blockade aufzuheben; eine zweite Person muss bestätigen",
  },
  "act.change.lift-confirmed": {
    en: "confirmed, as the second person, that a block is lifted",
    de: "hat als zweite Person bestätigt, dass eine Blockade aufgehoben wird",
  },
  "act.change.pardon-refused": {
    en: "could not have a release or a lifted block signed",
    de: "konnte eine Freigabe oder aufgehobene Blockade nicht signieren lassen",
  },
  "blocked.hold-released": {
    en: "a person released the scanner",
    de: "jemand hat den Scanner freigegeben",
  },
  "blocked.lift-asked": {
    en: "a person asked to lift the block",
    de: "jemand hat beantragt, die Blockade aufzuheben",
  },
  "blocked.lift-confirmed": {
    en: "a second person confirmed that the block is lifted",
    de: "eine zweite Person hat bestätigt, dass die Blockade aufgehoben wird",
  },
  "blocked.pardon-signed": { en: "that was signed", de: "das wurde signiert" },
  "blocked.pardon-refused": {
    en: "the signer would not sign that",
    de: "der Signierdienst wollte das nicht signieren",
  },
  "refusal.not-held-by-it": {
    en: "The scanner does not say that it is held after this change. Nothing is to be released.",
    de: "Der Scanner sagt nicht, dass er nach dieser Änderung angehalten ist. Es gibt nichts freizugeben.",
  },
  "refusal.not-blocked-by-it": {
    en: "The scanner does not say that it blocks what this change brought. Nothing is to be lifted.",
    de: "Der Scanner sagt nicht, dass er das blockiert, was diese Änderung brachte. Es gibt nichts aufzuheben.",
  },
  "refusal.lift-asked-already": {
    en: "Somebody asked for it already. A second person has to confirm it.",
    de: "Das hat schon jemand beantragt. Eine zweite Person muss es bestätigen.",
  },
  "refusal.lift-not-asked": {
    en: "Nobody asks to lift this block, or the request has run out after a day. Ask anew.",
    de: "Niemand beantragt, diese Blockade aufzuheben, oder der Antrag ist nach einem Tag verfallen. Neu beantragen.",
  },
  "refusal.lift-needs-another-person": {
    en: "You asked for it yourself. Another person has to confirm it.",
    de: "Sie haben es selbst beantragt. Eine andere Person muss es bestätigen.",
  },
  "refusal.pardon-under-way": {
    en: "This was decided already and is on its way to the scanner.",
    de: "Das ist schon entschieden und auf dem Weg zum Scanner.",
  },
  "act.change.ended": { en: "ended a change by itself", de: "hat eine Änderung von selbst beendet" },
  "blocked.cancel-asked": { en: "a person asked to cancel it", de: "jemand hat den Abbruch angefordert" },
  "blocked.signer-not-ready": {
    en: "the signer is not set up: first roots or a published release are missing",
    de: "der Signierdienst ist nicht eingerichtet: die ersten Root-Dateien oder ein veröffentlichtes Release fehlen",
  },
  "blocked.signer-not-verified": {
    en: "the signer could not verify what is published",
    de: "der Signierdienst konnte das Veröffentlichte nicht prüfen",
  },
  "blocked.signer-wrong-request": {
    en: "the signer does not understand this server",
    de: "der Signierdienst versteht diesen Server nicht",
  },
  "refusal.release-unknown": {
    en: "There is no signed release of this name.",
    de: "Ein signiertes Release dieses Namens gibt es nicht.",
  },
  "refusal.release-not-for-it": {
    en: "{release} has no system for {serial}.",
    de: "{release} hat kein System für {serial}.",
  },
  "refusal.action-not-yours": {
    en: "Your role does not ask a scanner for this change.",
    de: "Ihre Rolle darf diese Änderung nicht anfordern.",
  },
  "refusal.one-scanner-at-a-time": {
    en: "Your role changes one scanner at a time.",
    de: "Ihre Rolle ändert jeweils nur einen Scanner.",
  },
  "refusal.request-key-used": {
    en: "This page has asked for something else already. Load it again.",
    de: "Diese Seite hat schon etwas anderes angefordert. Bitte neu laden.",
  },
  "refusal.change-open": {
    en: "A change of {serial} is open already. One runs at a time.",
    de: "Für {serial} läuft schon eine Änderung. Es läuft immer nur eine.",
  },
  "refusal.change-against": {
    en: "{serial} cannot take this change: {why:blocked}.",
    de: "{serial} kann diese Änderung nicht annehmen: {why:blocked}.",
  },
  "refusal.change-not-open": { en: "This change has ended.", de: "Diese Änderung ist beendet." },
  "refusal.change-armed": {
    en: "The scanner has begun to change and finishes it by itself, forward or back. It cannot be cancelled any more.",
    de: "Der Scanner hat die Änderung begonnen und führt sie selbst zu Ende, vorwärts oder zurück. Sie lässt sich nicht mehr abbrechen.",
  },
  "refusal.change-time-out-of-range": {
    en: "A rollback is for now; an upgrade may wait for two weeks at most.",
    de: "Ein Rückgang gilt sofort; eine Aktualisierung darf höchstens zwei Wochen warten.",
  },
} as const satisfies Texts;
