"use client";
import { type AxisName, AxisWord } from "#app/ui/axis-word.tsx";
import { Flash } from "#app/ui/flash.tsx";
import { useSay } from "#app/ui/say.ts";
import { Time } from "#app/ui/time/time.tsx";
import { useWords } from "#app/viewer.tsx";
import type { ScannerPage } from "#server/scanner/view.ts";

const ORDER = ["link", "safety", "function", "software", "currency"] as const;

/** What needs no explaining: quiet when all is well, and why it is not beside what is not. */
const AT_REST: Readonly<Record<(typeof ORDER)[number], readonly string[]>> = {
  link: ["live"],
  safety: ["ok", "none"],
  function: ["ok"],
  software: ["intact"],
  currency: [],
};

/** Each axis by itself with its own since; none is folded into another. */
export function AxesStrip({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const say = useSay(scanner.timeZone);
  const silent = scanner.axes.link.value === "offline" || scanner.axes.link.value === "never";
  return (
    <dl className="axes" aria-label={t("scanner.axes")}>
      {ORDER.map((axis) => {
        const { value, sinceMs, reason } = scanner.axes[axis];
        return (
          <Axis
            key={axis}
            axis={axis}
            value={value}
            reason={AT_REST[axis].includes(value) ? null : say.reason(reason)}
            lastKnown={silent && axis !== "link"}
          >
            <Time ms={sinceMs} zone={scanner.timeZone} as="since" />
          </Axis>
        );
      })}
      <ChangeAxis scanner={scanner} lastKnown={silent} />
      <Axis axis="service" value={scanner.service} reason={null} lastKnown={false} />
    </dl>
  );
}

/** What the scanner says of its running or last change; it is no axis of the headline's, and none is the usual answer. */
function ChangeAxis({ scanner, lastKnown }: { scanner: ScannerPage; lastKnown: boolean }) {
  const { t, locale } = useWords();
  const say = useSay();
  const { value, sinceMs } = scanner.axes.change;
  const known = scanner.asOfMs !== null;
  const word = known ? sentenceCase(say.word("change", value), locale) : t("value.notReported");
  return (
    <div>
      <dt>{say.word("axis", "change")}</dt>
      <dd>
        <span
          className="word"
          data-weight={!known || lastKnown ? "cannot" : value === "none" ? "quiet" : undefined}
        >
          {lastKnown && known ? t("axis.was", { word: word.toLocaleLowerCase(locale) }) : word}
        </span>
        {known && value !== "none" && (
          <span className="t3">
            <Time ms={sinceMs} zone={scanner.timeZone} as="since" />
          </span>
        )}
      </dd>
    </div>
  );
}

function sentenceCase(word: string, locale: string): string {
  return word.charAt(0).toLocaleUpperCase(locale) + word.slice(1);
}

type Props = {
  axis: AxisName;
  value: string;
  reason: string | null;
  lastKnown: boolean;
  children?: React.ReactNode;
};

function Axis({ axis, value, reason, lastKnown, children }: Props) {
  const say = useSay();
  return (
    <div>
      <dt>{say.word("axis", axis)}</dt>
      <dd>
        <Flash of={value}>
          <AxisWord axis={axis} value={value as never} lastKnown={lastKnown} />
        </Flash>
        <span className="t3">{children}</span>
        {reason !== null && <span className="axis-why">{reason}</span>}
      </dd>
    </div>
  );
}
