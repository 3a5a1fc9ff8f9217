"use client";
import { StorePath } from "#app/ui/store-path.tsx";
import { useWords } from "#app/viewer.tsx";
import type { Audience } from "#core/release/release.ts";
import { bytesText, durationText } from "#core/time/duration.ts";
import type { ReleaseSystemView } from "#server/release/view.ts";

/** Each system: for whom, what it holds, what proves it healthy and what it works with; all of it is signed. */
export function Systems({ systems }: { systems: readonly ReleaseSystemView[] }) {
  const { t } = useWords();
  return (
    <section className="systems">
      <div className="sec">
        <h2>{t("release.systems", { n: systems.length })}</h2>
      </div>
      {systems.map((system) => (
        <System key={system.name} system={system} />
      ))}
    </section>
  );
}

function System({ system }: { system: ReleaseSystemView }) {
  const { t, locale } = useWords();
  const audience = useAudience();
  const { name, toplevel, paths: count, narBytes, expectedItems } = system;
  return (
    <article>
      <h3 className="strong">
        <bdi>{name}</bdi>
      </h3>
      <dl className="dl wide">
        <dt>{t("release.system.for")}</dt>
        <dd>
          <bdi>{system.for.map(audience).join("; ")}</bdi>
        </dd>
        <dt>{t("release.system.closure")}</dt>
        <dd>
          <StorePath path={toplevel} />{" "}
          <span className="t3">
            {t("release.system.size", { n: count, size: bytesText(locale, narBytes) })}
          </span>
        </dd>
        <dt>{t("release.system.compared")}</dt>
        <dd>{t("release.system.expected", { n: expectedItems })}</dd>
        <dt>{t("release.system.health")}</dt>
        <dd>
          <Health system={system} />
        </dd>
        <dt>{t("release.fit")}</dt>
        <dd>
          <Fits system={system} />
        </dd>
      </dl>
    </article>
  );
}

function useAudience(): (one: Audience) => string {
  const { t } = useWords();
  return (one) => {
    if ("scannerId" in one) return t("audience.scanner", { id: one.scannerId });
    const { model, hardwareRevisions } = one;
    if (hardwareRevisions === null) return t("audience.model", { model });
    return t("audience.revisions", { model, list: hardwareRevisions.join(", ") });
  };
}

function Health({ system: { health } }: { system: ReleaseSystemView }) {
  const { t, locale } = useWords();
  const { safety, budgets, unitsActive, modulesLoaded } = health;
  const parts = [
    t(`release.health.${safety}`, {
      duration: durationText(locale, budgets.safetyHealthyMs),
      probation: durationText(locale, budgets.probationMs),
    }),
    unitsActive.length === 0 ? null : t("release.health.units", { list: unitsActive.join(", ") }),
    modulesLoaded.length === 0 ? null : t("release.health.modules", { list: modulesLoaded.join(", ") }),
  ];
  return <bdi>{parts.filter((part) => part !== null).join("; ")}</bdi>;
}

function Fits({ system: { compatibility } }: { system: ReleaseSystemView }) {
  const { t } = useWords();
  const { firmware, calibration } = compatibility;
  const parts = [
    ...firmware.map(({ part, versions }) => `${part} ${versions.join(", ")}`),
    ...calibration.map(({ name, versions }) => `${name} ${versions.join(", ")}`),
  ];
  return parts.length === 0 ? (
    <span className="t2">{t("release.fitAny")}</span>
  ) : (
    <bdi>{parts.join("; ")}</bdi>
  );
}
