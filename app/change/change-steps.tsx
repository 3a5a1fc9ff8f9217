"use client";
import { Check, Circle } from "lucide-react";
import { CHANGE_LOOKS } from "#app/ui/change-mark.tsx";
import { useSay } from "#app/ui/say.ts";
import { distanceText } from "#app/ui/time/duration.ts";
import { useAbsolute, useClock, useWords } from "#app/viewer.tsx";
import { durationText } from "#core/time/duration.ts";
import type { ChangeView } from "#server/change/view.ts";
import { type StepRow, stepRows } from "./steps.ts";

type Seen = Exclude<StepRow, { kind: "ahead" }>;

/** What was seen, when and for how long, then what is still to come. Nothing is drawn as done before it was observed (ACT-4). */
export function ChangeSteps({ change }: { change: ChangeView }) {
  const { t } = useWords();
  return (
    <section className="change-steps" aria-label={t("change.steps")}>
      <ol>
        {stepRows(change).map((row) => (
          <li key={row.key} data-kind={row.kind} aria-current={row.kind === "now" ? "step" : undefined}>
            {row.kind === "ahead" ? (
              <>
                <Circle aria-hidden />
                <StepName row={row} />
              </>
            ) : (
              <SeenStep row={row} change={change} />
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function StepName({ row }: { row: StepRow }) {
  const { t, locale } = useWords();
  const word = useSay().word("change", row.state);
  const said = row.kind === "ahead" ? "change.stepAhead" : row.kind === "now" ? "change.stepNow" : null;
  return (
    <span className="name">
      {word.charAt(0).toLocaleUpperCase(locale) + word.slice(1)}
      {said !== null && <span className={row.kind === "now" ? "sr" : "t3"}> {t(said)}</span>}
    </span>
  );
}

function SeenStep({ row, change }: { row: Seen; change: ChangeView }) {
  const { t } = useWords();
  const absolute = useAbsolute(change.timeZone);
  const Icon = row.kind === "done" ? Check : CHANGE_LOOKS[row.state].icon;
  return (
    <>
      <Icon aria-hidden />
      <StepName row={row} />
      <span className="took">{row.kind !== "end" && <Took fromMs={row.atMs} untilMs={row.untilMs} />}</span>
      <span className="more t2">
        {row.kind === "now" && <Usual change={change} />}
        <time dateTime={new Date(row.atMs).toISOString()} suppressHydrationWarning>
          {absolute(row.atMs)}
        </time>
        {row.percent !== null && row.kind === "now" && (
          <span>{t("change.percent", { percent: Math.round(row.percent) })}</span>
        )}
        <By row={row} />
        <Why row={row} zone={change.timeZone} />
      </span>
    </>
  );
}

/** Measured on others of its model, and said of how many: no promise for this one. */
function Usual({ change }: { change: ChangeView }) {
  const { t, locale } = useWords();
  const usual = change.usual.find(({ state }) => state === change.state);
  if (usual === undefined) return null;
  const { medianMs, of } = usual;
  return <span>{t("change.usual", { duration: durationText(locale, medianMs), n: of })}</span>;
}

/** A step that lasts counts on; what it will take is not guessed. */
function Took({ fromMs, untilMs }: { fromMs: number; untilMs: number | null }) {
  const { locale } = useWords();
  const text = useClock((nowMs) => distanceText((untilMs ?? nowMs) - fromMs, locale));
  return <span suppressHydrationWarning>{text}</span>;
}

function By({ row }: { row: Seen }) {
  const { t } = useWords();
  if (row.source === "server") return <span>{t("change.by.server")}</span>;
  if (row.source !== "person") return null;
  return (
    <span>
      <bdi>{t("change.by.person", { who: row.by ?? t("change.somebody") })}</bdi>
    </span>
  );
}

function Why({ row, zone }: { row: Seen; zone: string }) {
  const { t } = useWords();
  const say = useSay(zone);
  if (row.reason === null) return null;
  const why = say.blocked(row.reason);
  // What it waits for is the scanner's own word; what people and the signer said meanwhile is no gate.
  const waits = row.state === "waiting" && row.source === "scanner";
  return <span className="strong">{waits ? t("change.waitsFor", { why }) : why}</span>;
}
