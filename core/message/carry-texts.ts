import type { Texts } from "#core/message/text.ts";

/** What people decide of carrying a change to its scanner on a stick, and why it is refused. */
export const CARRY_TEXTS = {
  "act.change.carried-by-stick": {
    en: "decided that a change is carried to its scanner on a stick",
    de: "hat entschieden, dass eine Änderung auf einem Stick zum Scanner getragen wird",
  },
  "act.change.carry-refused": {
    en: "could not have a change signed to last the journey",
    de: "konnte eine Änderung nicht so signieren lassen, dass sie den Weg überdauert",
  },
  "blocked.carry-asked": {
    en: "a person decided to carry it on a stick",
    de: "jemand hat entschieden, sie auf einem Stick hinzutragen",
  },
  "blocked.carry-signed": {
    en: "it was signed to last the journey",
    de: "sie wurde so signiert, dass sie den Weg überdauert",
  },
  "blocked.carry-refused": {
    en: "the signer would not sign it to last the journey",
    de: "der Signierdienst wollte sie nicht so signieren, dass sie den Weg überdauert",
  },
  "blocked.no-instruction": {
    en: "what is signed for this scanner is not this change",
    de: "was für diesen Scanner signiert ist, ist nicht diese Änderung",
  },
  "blocked.carry-too-late": {
    en: "its time was over before it was signed",
    de: "die Zeit war um, bevor signiert wurde",
  },
  "refusal.carry-cancelled": {
    en: "Somebody asked for this change to be cancelled. It is not carried any more.",
    de: "Jemand hat den Abbruch dieser Änderung angefordert. Sie wird nicht mehr hingetragen.",
  },
  "refusal.carry-begun": {
    en: "The scanner has begun this change. There is nothing to carry.",
    de: "Der Scanner hat diese Änderung begonnen. Es gibt nichts hinzutragen.",
  },
  "refusal.carry-too-late": {
    en: "The time of this change is over. Ask for it anew.",
    de: "Die Zeit dieser Änderung ist um. Bitte neu anfordern.",
  },
  "refusal.carry-under-way": {
    en: "This was decided already and waits for the signer.",
    de: "Das ist schon entschieden und wartet auf den Signierdienst.",
  },
  "refusal.carry-lasts-already": {
    en: "What is signed is good for that long already. It can be made to last longer, not shorter.",
    de: "Was signiert ist, gilt schon so lange. Verlängern lässt es sich, verkürzen nicht.",
  },
  "refusal.carry-time-out-of-range": {
    en: "It can last from now on until the end of the change, and no longer.",
    de: "Es kann von jetzt an bis zum Ende der Änderung gelten, nicht länger.",
  },
} as const satisfies Texts;
