"use client";
import { useSay } from "#app/ui/say.ts";
import { useClock, useWords } from "#app/viewer.tsx";
import type { DiagramLink } from "#core/block/link.ts";
import { durationText } from "#core/time/duration.ts";

/** Where a line stands among those that share the bus; `alone`: a line of its own from the computer to the device. */
export type WirePlace = "first" | "middle" | "last" | "alone";

type Props = { link: DiagramLink | null; place: WirePlace; trunk: boolean };

/** Share of the width at which the bus stands. */
const BUS = "46%";

/** One row of the wiring between the computer and its devices. Drawn in percent, so it fits whatever height the device needs. */
export function BlockWire({ link, place, trunk }: Props) {
  if (link === null) return <span className="wire" />;
  const cut = link.state === "broken" || link.state === "silent";
  const alone = place === "alone";
  return (
    <span className="wire" data-state={link.state} data-safety={link.safety ? "" : undefined}>
      <svg aria-hidden width="100%" height="100%">
        {!alone && <Bus place={place} trunk={trunk} />}
        <line className={cut ? "cut" : "line"} x1={alone ? "0" : BUS} x2="100%" y1="50%" y2="50%" />
        {cut && (
          <svg x={alone ? "50%" : "73%"} y="50%" overflow="visible">
            <title>×</title>
            <path className="cross" d="m-5-5 10 10m0-10-10 10" />
          </svg>
        )}
      </svg>
      {(alone || trunk) && <WireLabel link={link} full={alone} />}
    </span>
  );
}

function Bus({ place, trunk }: Omit<Props, "link">) {
  return (
    <>
      <line
        className="bus"
        x1={BUS}
        x2={BUS}
        y1={place === "first" ? "50%" : "0"}
        y2={place === "last" ? "50%" : "100%"}
      />
      {trunk && <line className="line trunk" x1="0" x2={BUS} y1="50%" y2="50%" />}
      {trunk && <circle className="port" cx={BUS} cy="50%" r="3.5" />}
    </>
  );
}

function WireLabel({ link, full }: { link: DiagramLink; full: boolean }) {
  const say = useSay();
  const state = useLinkState(link);
  return (
    <>
      {link.kind !== null && (
        <span className={full ? "wire-kind" : "wire-kind on-trunk"} aria-hidden>
          {say.word("link-kind", link.kind)}
        </span>
      )}
      {full && link.state !== "ok" && (
        <span className="wire-state" aria-hidden>
          {state}
        </span>
      )}
    </>
  );
}

/** "silent 40 s"; the state alone where nobody knows since when. */
export function useLinkState({ state, sinceMs }: DiagramLink): string {
  const { locale } = useWords();
  const word = useSay().word("link-state", state);
  return useClock((nowMs) =>
    sinceMs === null || state === "ok"
      ? word
      : `${word} ${durationText(locale, Math.max(1_000, nowMs - sinceMs))}`,
  );
}
