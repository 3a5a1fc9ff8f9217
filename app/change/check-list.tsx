"use client";
import { Check as CheckIcon, CircleQuestionMark, type LucideIcon, X } from "lucide-react";
import { useAbsolute, useWords } from "#app/viewer.tsx";
import type { Preflight } from "#server/change/view.ts";
import { type Check, tally, type Verdict } from "./checks.ts";

const ICONS = {
  pass: CheckIcon,
  fail: X,
  unknown: CircleQuestionMark,
} as const satisfies Record<Verdict, LucideIcon>;

type Props = { checks: readonly Check[]; preflight: Preflight; zone?: string | null };

/** How many pass, then each by name: word, shape and line say the verdict, never colour alone. */
export function CheckList({ checks, preflight, zone = null }: Props) {
  const { t } = useWords();
  const absolute = useAbsolute(zone);
  const { asOfMs } = preflight.interlock;
  return (
    <section className="checks">
      <h2>{t("check.title")}</h2>
      <details className="fold" open={checks.some(({ verdict }) => verdict !== "pass")}>
        <summary>
          <Tally checks={checks} />
        </summary>
        <ul>
          {checks.map(({ name, verdict }) => {
            const Icon = ICONS[verdict];
            return (
              <li key={name} data-verdict={verdict}>
                <Icon role="img" aria-label={t(`check.${verdict}`)} />
                <span className="name">{t(`check.${name}`)}</span>
                <span className="told">{t(`check.${name}.${verdict}`)}</span>
              </li>
            );
          })}
        </ul>
      </details>
      <p className="t2" suppressHydrationWarning>
        {asOfMs === null ? t("check.neverSaid") : t("check.asOf", { time: absolute(asOfMs) })}{" "}
        {t("check.decides")}
      </p>
    </section>
  );
}

export function Tally({ checks }: { checks: readonly Check[] }) {
  const { t } = useWords();
  const { pass, fail, unknown } = tally(checks);
  const n = checks.length;
  return pass === n ? t("check.allPass", { n }) : t("check.some", { n, pass, fail, unknown });
}
