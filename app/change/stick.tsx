"use client";
import { useState } from "react";
import { Button } from "#app/ui/button.tsx";
import { CopyField } from "#app/ui/copy.tsx";
import { Dialog } from "#app/ui/dialog.tsx";
import { useSay } from "#app/ui/say.ts";
import type { Word } from "#app/ui/words.ts";
import { useAbsolute, useWords } from "#app/viewer.tsx";
import type { ChangeView, StickView } from "#server/change/view.ts";
import { StickForm } from "./stick-form.tsx";

/** What is typed at the scanner; docs/bundles.md says the rest. */
const AT_SCANNER = [
  "mount -o nosuid,nodev,noexec /dev/sdb1 /mnt",
  "fiducial-activate bundle verify /mnt",
  "fiducial-activate bundle apply /mnt",
].join("\n");

/** What was decided of carrying this change by hand, what the signer made of it, and the act for whoever may (OFF-1). */
export function Stick({ change }: { change: ChangeView }) {
  const { t } = useWords();
  const { stick, serial } = change;
  if (stick === null) return null;
  return (
    <section className="notice carry" aria-label={t("carry.act")}>
      <p>
        <b>{t("carry.title")}</b> <bdi>{t("carry.body", { serial })}</bdi>
      </p>
      <Decisions change={change} stick={stick} />
      <Standing change={change} stick={stick} />
      {stick.command !== null && <ToType command={stick.command} />}
      {stick.mayCarry && <CarryAct change={change} stick={stick} />}
    </section>
  );
}

type Of = { change: ChangeView; stick: StickView };

function Decisions({ change, stick }: Of) {
  const { t } = useWords();
  const absolute = useAbsolute(change.timeZone);
  if (stick.people.length === 0) return null;
  return (
    <ul>
      {stick.people.map(({ by, atMs, why, untilMs }) => (
        <li key={atMs} suppressHydrationWarning>
          <bdi>
            {t("carry.by", {
              ...{ who: by ?? t("change.somebody"), time: absolute(atMs) },
              ...{ until: absolute(untilMs), why },
            })}
          </bdi>
        </li>
      ))}
    </ul>
  );
}

const ANSWERS = {
  none: null,
  decided: "carry.decided",
  signed: null,
  refused: "carry.refused",
  lapsed: "carry.lapsed",
} as const satisfies Record<StickView["answer"], Word | null>;

const GOODS = {
  none: null,
  now: "carry.good",
  over: "carry.over",
  "taken-back": "carry.takenBack",
  was: "carry.was",
} as const satisfies Record<StickView["good"]["state"], Word | null>;

/** A decision is no signature: what waits, what was refused and what is good are said each by itself. */
function Standing({ change, stick }: Of) {
  const { t } = useWords();
  const say = useSay(change.timeZone);
  const absolute = useAbsolute(change.timeZone);
  const { answer, good, refusal } = stick;
  const said = ANSWERS[answer];
  const unsigned = answer === "decided" && change.instruction !== "signed";
  const why = refusal === null ? t("result.whyUnsaid") : say.blocked(refusal);
  return (
    <div role="status">
      {said !== null && <p>{t(unsigned ? "carry.decidedUnsigned" : said, { why })}</p>}
      {good.state !== "none" && (
        <p className="strong" suppressHydrationWarning>
          {t(GOODS[good.state], { time: absolute(good.untilMs) })}
        </p>
      )}
    </div>
  );
}

function ToType({ command }: { command: string }) {
  const { t } = useWords();
  return (
    <>
      <p>{t("carry.station")}</p>
      <CopyField text={command} label={t("carry.copyCommand")} />
      <details className="fold">
        <summary>{t("carry.atScanner")}</summary>
        <CopyField text={AT_SCANNER} label={t("carry.copyAtScanner")} />
        <p className="t2">{t("carry.atScannerBody")}</p>
      </details>
    </>
  );
}

function CarryAct({ change, stick }: Of) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <div>
      <Button onClick={() => setOpen(true)}>
        {t(stick.good.state === "now" ? "carry.again" : "carry.act")}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={t("carry.act")}>
        <StickForm change={change} close={() => setOpen(false)} />
      </Dialog>
    </div>
  );
}
