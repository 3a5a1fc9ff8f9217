"use client";
import { type AxisName, AxisWord } from "#app/ui/axis-word.tsx";
import { Flash } from "#app/ui/flash.tsx";
import { useSay } from "#app/ui/say.ts";
import { Time } from "#app/ui/time/time.tsx";
import { useWords } from "#app/viewer.tsx";
import type { ScannerPage } from "#server/scanner/view.ts";

const ORDER = ["link", "safety", "function", "software", "currency"] as const;

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
            reason={say.reason(reason)}
            lastKnown={silent && axis !== "link"}
          >
            <Time ms={sinceMs} zone={scanner.timeZone} as="since" />
          </Axis>
        );
      })}
      <Axis axis="service" value={scanner.service} reason={null} lastKnown={false} />
    </dl>
  );
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
