import type { ChangeState, HeadlineWord } from "#core/headline/axes.ts";
import type { View } from "#core/headline/view.ts";
import type { CodeOf } from "#core/message/catalogue.ts";
import type { Reason } from "#core/report/fact.ts";

type ChipCode = CodeOf<"chip">;

/** Words that another word may hide; they are then said as a chip. */
const HIDDEN_WORDS = {
  offline: "offline",
  unknown: "unknown",
  degraded: "degraded",
  updating: "updating",
  drifted: "drifted",
  behind: "behind",
} as const satisfies Partial<Record<HeadlineWord, ChipCode>>;

/** Changes that leave the scanner working: said beside the word, never instead of it. */
const CHANGE_CHIPS: Partial<Record<ChangeState, ChipCode>> = {
  offered: "offered",
  refused: "refused",
  waiting: "waiting",
  downloading: "downloading",
  staged: "staged",
  "rolled-back": "rolled-back",
};

/** Hidden truths beside the word, in a fixed order. `held`: the words of all rules that hold, most severe first. */
export function chipsOf(view: View, word: HeadlineWord, held: readonly HeadlineWord[]): Reason[] {
  return [...linkChips(view, word), ...hiddenWords(word, held), ...stateChips(view), ...standingChips(view)];
}

function linkChips({ link, situation, silentSinceMs }: View, word: HeadlineWord): Reason[] {
  const { lastSeenMs } = situation;
  const sticky = link === "offline" && word === "unsafe" && lastSeenMs !== null;
  return [
    ...(link === "late" && silentSinceMs !== null ? [chip("late", { sinceAtMs: silentSinceMs })] : []),
    ...(sticky ? [chip("last-known", { sinceAtMs: lastSeenMs })] : []),
    ...when(situation.flapping, "flapping"),
  ];
}

function hiddenWords(word: HeadlineWord, held: readonly HeadlineWord[]): Reason[] {
  return held
    .filter((one): one is keyof typeof HIDDEN_WORDS => one !== word && Object.hasOwn(HIDDEN_WORDS, one))
    .map((one) => chip(HIDDEN_WORDS[one]));
}

function stateChips({ situation, seen, unseen }: View): Reason[] {
  const { change } = situation;
  const code = CHANGE_CHIPS[change.value];
  const percent = change.value === "downloading" ? (change.percent ?? undefined) : undefined;
  const info = seen.info.length + unseen.info.length;
  return [
    ...(code === undefined ? [] : [chip(code, percent === undefined ? undefined : { percent })]),
    ...when(situation.software.value === "pending-reboot", "pending-reboot"),
    ...when(situation.currency.value === "ahead", "ahead"),
    ...when(situation.currency.value === "unpinned", "unpinned"),
    ...(info === 0 ? [] : [chip("info", { count: info })]),
  ];
}

function standingChips({ situation }: View): Reason[] {
  return [
    ...when(situation.service === "maintenance", "maintenance"),
    ...when(situation.service === "out-of-service", "out-of-service"),
    ...when(situation.manifest === "observed", "observed-baseline"),
    ...when(!situation.changesEnabled, "changes-off"),
  ];
}

function when(holds: boolean, code: ChipCode): Reason[] {
  return holds ? [chip(code)] : [];
}

function chip(code: ChipCode, params?: Reason["params"]): Reason {
  return params === undefined ? { code } : { code, params };
}
