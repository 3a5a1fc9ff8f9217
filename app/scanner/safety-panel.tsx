"use client";
import { Check, CircleQuestionMark, type LucideIcon, OctagonX, Unlink } from "lucide-react";
import { AxisWord } from "#app/ui/axis-word.tsx";
import { useSay } from "#app/ui/say.ts";
import { Time } from "#app/ui/time/time.tsx";
import { useAbsolute, useWords } from "#app/viewer.tsx";
import type { Fact } from "#core/report/fact.ts";
import type { FactValue as Kind } from "#core/report/kinds.ts";
import { durationText } from "#core/time/duration.ts";
import type { ScannerPage } from "#server/scanner/view.ts";
import { Panel, YesNo } from "./panel.tsx";

type Safety = Kind<"safety">;
type Last = NonNullable<Safety["last"]>;
type ChainState = Last["chain"][number]["state"];

const CHAIN_ICONS = {
  closed: Check,
  open: Unlink,
  bypassed: OctagonX,
  unknown: CircleQuestionMark,
} as const satisfies Record<ChainState, LucideIcon>;

/** The safety daemon as it was heard. A silent daemon's last words are shown as last words, dotted, never as the present. */
export function SafetyPanel({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const silent = scanner.axes.link.value === "offline" || scanner.axes.link.value === "never";
  const { safety } = scanner;
  return (
    <Panel
      id="safety"
      title={<SafetyTitle fact={safety} silent={silent} />}
      source={<AxisWord axis="safety" value={scanner.axes.safety.value} lastKnown={silent} />}
    >
      {safety?.state === "observed" ? (
        <Heard safety={safety.value} scanner={scanner} past={silent || safety.value.link !== "connected"} />
      ) : (
        <p className="t2">{safety === null ? t("safety.notReported") : <Unseen fact={safety} />}</p>
      )}
    </Panel>
  );
}

function Unseen({ fact }: { fact: Extract<Fact<Safety>, { state: "unknown" }> }) {
  return useSay().unknown(fact.reason);
}

function SafetyTitle({ fact, silent }: { fact: Fact<Safety> | null; silent: boolean }) {
  const { t } = useWords();
  if (fact?.state !== "observed") return t("safety.what");
  const { link, last } = fact.value;
  if (last === null) return t("safety.neverHeard");
  if (silent || link !== "connected") return t("safety.cannotRead");
  if (last.chain.length === 0) return t("safety.noChain");
  const other = last.chain.filter(({ state }) => state !== "closed").length;
  const total = last.chain.length;
  return other === 0 ? t("safety.allClosed", { n: total }) : t("safety.notClosed", { n: other, total });
}

function Heard({ safety, scanner, past }: { safety: Safety; scanner: ScannerPage; past: boolean }) {
  const { t } = useWords();
  const say = useSay();
  const absolute = useAbsolute(scanner.timeZone);
  const { last } = safety;
  return (
    <div className={past ? "was" : undefined}>
      {last !== null && (
        <ul className="chain">
          {last.chain.map((element) => {
            const Icon = CHAIN_ICONS[element.state];
            return (
              <li key={element.id} data-state={past ? "past" : element.state}>
                <bdi>{element.label ?? element.id}</bdi>
                <span>
                  <Icon aria-hidden />
                  {say.word("chain", element.state)}
                </span>
              </li>
            );
          })}
        </ul>
      )}
      {past && last !== null && scanner.asOfMs !== null && (
        <p className="cap">
          {t("safety.lastKnownAt", { time: absolute(scanner.asOfMs - (safety.heartbeatAgeMs ?? 0)) })}
        </p>
      )}
      <SafetyDetails safety={safety} zone={scanner.timeZone} />
    </div>
  );
}

function SafetyDetails({ safety, zone }: { safety: Safety; zone: string }) {
  const { t, locale } = useWords();
  const say = useSay();
  const { last } = safety;
  return (
    <dl className="dl">
      <dt>{t("safety.daemon")}</dt>
      <dd>
        <bdi>
          {[safety.daemon, safety.version].filter((one) => one !== null).join(" ") || t("value.unknown")}
        </bdi>
      </dd>
      <dt>{t("safety.link")}</dt>
      <dd>{t(`safety.link.${safety.link}`)}</dd>
      <dt>{t("safety.heartbeat")}</dt>
      <dd>
        {safety.heartbeatAgeMs === null
          ? t("time.never")
          : t("safety.heartbeatAge", { duration: durationText(locale, safety.heartbeatAgeMs) })}
      </dd>
      {safety.problem !== null && (
        <>
          <dt>{t("safety.problem")}</dt>
          <dd className="mono">
            <bdi>{safety.problem}</bdi>
          </dd>
        </>
      )}
      {last !== null && (
        <>
          <dt>{t("safety.energised")}</dt>
          <dd>
            <YesNo value={last.energised} />
          </dd>
          <dt>{t("safety.permission")}</dt>
          <dd>
            <YesNo value={last.permission} />
          </dd>
          <dt>{t("safety.latched")}</dt>
          <dd>
            <YesNo value={last.latched} />
          </dd>
          <dt>{t("safety.bypasses")}</dt>
          <dd>
            <bdi className={last.bypasses.length === 0 ? undefined : "strong"}>
              {last.bypasses.length === 0 ? t("value.none") : last.bypasses.join(", ")}
            </bdi>
          </dd>
          <dt>{t("safety.scan")}</dt>
          <dd>{say.word("scan", last.scanState)}</dd>
          <dt>{t("safety.limits")}</dt>
          <dd className="mono">
            <bdi title={last.limitsHash ?? undefined}>
              {last.limitsHash?.slice(0, 16) ?? t("value.notReported")}
            </bdi>
          </dd>
          <dt>{t("safety.selfTest")}</dt>
          <dd>
            {last.lastSelfTestAtMs === null ? (
              t("time.never")
            ) : (
              <Time ms={last.lastSelfTestAtMs} zone={zone} />
            )}
          </dd>
        </>
      )}
    </dl>
  );
}
