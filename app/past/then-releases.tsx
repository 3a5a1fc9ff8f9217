"use client";
import { groupDigits } from "#app/ui/words.ts";
import { useWords } from "#app/viewer.tsx";
import { storePathParts } from "#core/closure/store-path.ts";
import type { FleetThen } from "#server/past/view.ts";

const SHOWN = 6;

/** What they ran, most common first; the tail is folded to a count. */
export function ThenReleases({ then }: { then: FleetThen }) {
  const { t, locale } = useWords();
  const named = merged(then.releases);
  const [most] = named.filter(({ name }) => name !== null);
  const rest = named.slice(SHOWN).reduce((sum, { count }) => sum + count, 0);
  if (then.total === 0) return null;
  return (
    <section className="then-releases">
      <div className="sec">
        <h2>
          {most === undefined ? (
            t("past.share")
          ) : (
            <bdi>
              {t("past.shareOf", {
                percent: Math.round((most.count / then.total) * 100),
                name: most.name ?? "",
              })}
            </bdi>
          )}
        </h2>
      </div>
      <ul>
        {named.slice(0, SHOWN).map(({ name, count }) => (
          <li key={name ?? ""}>
            <bdi className={name === null ? "cannot" : "mono"}>{name ?? t("past.shareUnknown")}</bdi>
            <progress className="share" max={then.total} value={count} aria-hidden />
            <span className="n">{groupDigits(count, locale)}</span>
          </li>
        ))}
        {rest > 0 && <li className="t3">{t("past.shareRest", { n: rest })}</li>}
      </ul>
    </section>
  );
}

/** Systems of different models may be one release; those without a name go by their own. */
function merged(releases: FleetThen["releases"]): { name: string | null; count: number }[] {
  const counts = new Map<string | null, number>();
  for (const { releaseName, toplevel, count } of releases) {
    const name = releaseName ?? (toplevel === null ? null : storePathParts(toplevel).name);
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
}
