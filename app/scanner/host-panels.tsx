"use client";
import { Time } from "#app/ui/time/time.tsx";
import { useWords } from "#app/viewer.tsx";
import type { Facts } from "#core/report/report.ts";
import { bytesText, durationText, numberText } from "#core/time/duration.ts";
import { FactValue, Panel, YesNo } from "./panel.tsx";

type Props = { facts: Facts; zone: string };

export function HostPanel({ facts, zone }: Props) {
  const { t } = useWords();
  return (
    <Panel id="host" title={t("host.title")}>
      <FactValue fact={facts.host}>
        {(host) => (
          <dl className="dl">
            <dt>{t("host.name")}</dt>
            <dd className="mono">
              <bdi>{host.hostname}</bdi>
            </dd>
            <dt>{t("host.os")}</dt>
            <dd>
              <bdi>
                {host.osName} {host.osVersion}
              </bdi>
            </dd>
            <dt>{t("host.architecture")}</dt>
            <dd>
              <bdi>{host.architecture}</bdi>
            </dd>
            <dt>{t("host.virtualisation")}</dt>
            <dd>
              <bdi>{host.virtualisation ?? t("value.none")}</bdi>
            </dd>
            <dt>{t("host.booted")}</dt>
            <dd>
              {host.bootedAtMs === null ? t("value.unknown") : <Time ms={host.bootedAtMs} zone={zone} />}
            </dd>
            <dt>{t("host.fingerprint")}</dt>
            <dd className="mono" title={host.hardwareFingerprint}>
              {host.hardwareFingerprint.slice(0, 16)}…
            </dd>
          </dl>
        )}
      </FactValue>
    </Panel>
  );
}

export function DisksPanel({ facts }: Props) {
  const { t, locale } = useWords();
  return (
    <Panel title={t("disks.title")}>
      <FactValue fact={facts.disks}>
        {(disks) => (
          <ul className="disks">
            {disks.map((disk) => (
              <li key={disk.mount}>
                <bdi className="mono">{disk.mount}</bdi>
                <span>
                  {t("disks.free", {
                    free: bytesText(locale, disk.freeBytes),
                    total: bytesText(locale, disk.totalBytes),
                  })}
                </span>
                <progress
                  max={disk.totalBytes}
                  value={disk.totalBytes - disk.freeBytes}
                  aria-label={disk.mount}
                />
                {disk.freeInodes !== null && (
                  <span className="t3">{t("disks.inodes", { n: disk.freeInodes })}</span>
                )}
              </li>
            ))}
          </ul>
        )}
      </FactValue>
    </Panel>
  );
}

export function ClockPanel({ facts }: Props) {
  const { t, locale } = useWords();
  return (
    <Panel title={t("clock.title")}>
      <FactValue fact={facts.clock}>
        {(clock) => (
          <dl className="dl">
            <dt>{t("clock.synchronised")}</dt>
            <dd>
              <YesNo value={clock.synchronised} />
            </dd>
            <dt>{t("clock.source")}</dt>
            <dd>
              <bdi>{clock.source}</bdi>
            </dd>
            <dt>{t("clock.offset")}</dt>
            <dd>
              {clock.offsetMs === null ? t("value.unknown") : `${numberText(locale, clock.offsetMs, 3)} ms`}
            </dd>
            <dt>{t("clock.rtc")}</dt>
            <dd>
              <YesNo value={clock.rtcOk} />
            </dd>
          </dl>
        )}
      </FactValue>
    </Panel>
  );
}

export function NixPanel({ facts }: Props) {
  const { t } = useWords();
  return (
    <Panel title={t("nix.title")}>
      <FactValue fact={facts.nix}>
        {(nix) => (
          <dl className="dl">
            <dt>{t("nix.version")}</dt>
            <dd className="mono">
              <bdi>{nix.version}</bdi>
            </dd>
            {Object.entries(nix.settings).map(([name, value]) => (
              <div className="contents" key={name}>
                <dt>
                  <bdi>{name}</bdi>
                </dt>
                <dd className="mono">
                  <bdi>{value}</bdi>
                </dd>
              </div>
            ))}
          </dl>
        )}
      </FactValue>
    </Panel>
  );
}

export function AgentPanel({ facts, zone }: Props) {
  const { t, locale } = useWords();
  return (
    <Panel title={t("agent.title")}>
      <FactValue fact={facts.agent}>
        {(agent) => (
          <>
            <dl className="dl">
              <dt>{t("agent.version")}</dt>
              <dd>
                <bdi>
                  {agent.version}, Node {agent.node}
                </bdi>
              </dd>
              <dt>{t("agent.mode")}</dt>
              <dd>
                {t(`agent.mode.${agent.mode}`)}, {t(`agent.user.${agent.user}`)},{" "}
                <Time ms={agent.startedAtMs} zone={zone} />
              </dd>
              <dt>{t("agent.memory")}</dt>
              <dd>
                {t("agent.memoryText", {
                  resident: bytesText(locale, agent.residentBytes),
                  anonymous: bytesText(locale, agent.anonymousBytes),
                })}
              </dd>
              <dt>{t("agent.cpu")}</dt>
              <dd>{durationText(locale, agent.cpuMs)}</dd>
              <dt>{t("agent.outbox")}</dt>
              <dd>
                {agent.outboxReports}
                {agent.droppedReports > 0 && <b>, {t("agent.dropped", { n: agent.droppedReports })}</b>}
              </dd>
              <dt>{t("agent.changes")}</dt>
              <dd>{t(agent.changesEnabled ? "agent.changesOn" : "agent.changesOff")}</dd>
              {agent.proxy !== null && (
                <>
                  <dt>{t("agent.proxy")}</dt>
                  <dd className="mono">
                    <bdi>{agent.proxy}</bdi>
                  </dd>
                </>
              )}
            </dl>
            {agent.problems.length > 0 && (
              <details className="fold">
                <summary>{t("agent.problems", { n: agent.problems.length })}</summary>
                <ul className="problems">
                  {agent.problems.map(({ source, reason }) => (
                    <li key={`${source} ${reason}`}>
                      <bdi className="mono">{source}</bdi> <bdi className="t2">{reason}</bdi>
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </>
        )}
      </FactValue>
    </Panel>
  );
}
