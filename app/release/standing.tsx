"use client";
import { Check, CircleQuestionMark, TriangleAlert } from "lucide-react";
import { useAbsolute, useClock, useWords } from "#app/viewer.tsx";
import type { MetadataAge, RepositoryStanding } from "#server/release/view.ts";

const ROLES = ["root", "targets", "snapshot", "timestamp"] as const;

/** How old the signatures of the release repository are: expired ones stop every scanner from going forward, so they are said first. */
export function Standing({ standing }: { standing: RepositoryStanding }) {
  const { t } = useWords();
  const { root, floor } = standing;
  const expired = useClock((nowMs) =>
    ROLES.some((role) => (standing[role]?.expiresAtMs ?? nowMs + 1) <= nowMs),
  );
  return (
    <section className="standing">
      <div className="sec">
        <h2 suppressHydrationWarning>{t(expired ? "standing.expired" : "standing.title")}</h2>
        <span className="r">
          {t("standing.needs", { threshold: root.releaseThreshold, keys: root.releaseKeys })}
        </span>
      </div>
      <dl className="dl wide">
        {ROLES.map((role) => (
          <Role key={role} role={role} age={standing[role]} />
        ))}
        <dt>{t("standing.floor")}</dt>
        <dd>{floor}</dd>
      </dl>
    </section>
  );
}

function Role({ role, age }: { role: (typeof ROLES)[number]; age: MetadataAge | null }) {
  const { t } = useWords();
  const absolute = useAbsolute();
  const past = useClock((nowMs) => age !== null && age.expiresAtMs <= nowMs);
  return (
    <>
      <dt>{t(`standing.role.${role}`)}</dt>
      <dd suppressHydrationWarning>
        {age === null ? (
          <span className="word" data-weight="cannot">
            <CircleQuestionMark aria-hidden />
            {t("standing.absent")}
          </span>
        ) : (
          <>
            <span
              className="word"
              data-weight={past ? "strong" : undefined}
              data-hue={past ? "degraded" : undefined}
            >
              {past ? <TriangleAlert aria-hidden /> : <Check aria-hidden />}
              {t(past ? "standing.past" : "standing.until", { time: absolute(age.expiresAtMs) })}
            </span>{" "}
            <span className="t3">{t("standing.version", { n: age.version })}</span>
          </>
        )}
      </dd>
    </>
  );
}
