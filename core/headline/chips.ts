import type { ChangeState, HeadlineWord } from "#core/headline/axes.ts";
import { serviceAt, serviceEndsMs } from "#core/headline/service.ts";
import type { Situation } from "#core/headline/situation.ts";
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
  unknown: "change-unknown",
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
  const info = seen.info.length + unseen.info.length;
  return [
    ...changeChip(situation),
    ...when(situation.software.value === "pending-reboot", "pending-reboot"),
    ...when(situation.currency.value === "ahead", "ahead"),
    ...when(situation.currency.value === "unpinned", "unpinned"),
    ...(info === 0 ? [] : [chip("info", { count: info })]),
  ];
}

function changeChip({ change, lastSeenMs }: View["situation"]): Reason[] {
  const code = CHANGE_CHIPS[change.value];
  // Of a scanner that never spoke nothing at all is known, and the word says so.
  if (code === undefined || lastSeenMs === null) return [];
  const percent = change.value === "downloading" ? (change.percent ?? null) : null;
  const why = EXPLAINED.includes(change.value) ? (change.reason ?? null) : null;
  const params = { ...(percent === null ? {} : { percent }), ...(why === null ? {} : { why }) };
  return [Object.keys(params).length === 0 ? chip(code) : chip(code, params)];
}

/** States whose reason is half of what they say: a refused signature is news even where nothing else is wrong (F20). */
const EXPLAINED: readonly ChangeState[] = ["refused", "waiting", "rolled-back"];

function standingChips({ situation }: View): Reason[] {
  return [
    ...serviceChips(situation),
    ...when(situation.manifest === "observed", "observed-baseline"),
    ...when(!situation.changesEnabled, "changes-off"),
  ];
}

function serviceChips(situation: Situation): Reason[] {
  const service = serviceAt(situation, situation.nowMs);
  if (service === "out-of-service") return [chip("out-of-service")];
  if (service !== "maintenance") return [];
  const untilAtMs = serviceEndsMs(situation, situation.nowMs);
  return [chip("maintenance", untilAtMs === null ? undefined : { untilAtMs })];
}

function when(holds: boolean, code: ChipCode): Reason[] {
  return holds ? [chip(code)] : [];
}

function chip(code: ChipCode, params?: Reason["params"]): Reason {
  return params === undefined ? { code } : { code, params };
}
