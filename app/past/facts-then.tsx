"use client";
import { pathText, useLeafText } from "#app/compare/leaf-text.ts";
import { useSay } from "#app/ui/say.ts";
import { Breakable } from "#app/ui/store-path.tsx";
import { useAbsolute, useWords } from "#app/viewer.tsx";
import { diffFacts } from "#core/compare/diff.ts";
import type { FactThen, ScannerThen } from "#server/past/view.ts";

/** Every kind of facts that held then, each folded, with since when and until when it held. */
export function FactsThen({ then }: { then: ScannerThen }) {
  const { t } = useWords();
  return (
    <section className="then-part">
      <div className="sec">
        <h2>{t("past.factsThen", { n: then.facts.length })}</h2>
      </div>
      {then.facts.map((one) => (
        <FactKindThen key={one.kind} one={one} zone={then.timeZone} />
      ))}
    </section>
  );
}

function FactKindThen({ one, zone }: { one: FactThen; zone: string }) {
  const { t } = useWords();
  const say = useSay(zone);
  const time = useAbsolute(zone);
  const textOf = useLeafText(zone);
  const facts = new Map([[one.kind, one.fact]]);
  // Against itself every value stands on one of two lists: seen, or not to be seen.
  const lines = diffFacts(facts, facts).flatMap(({ equal, open }) => [...equal, ...open]);
  return (
    <details className="fold">
      <summary>
        {say.word("fact", one.kind)}{" "}
        <span className="t3">
          {t("past.factSince", { from: time(one.sinceMs) })}
          {one.untilMs !== null && ` ${t("past.factUntil", { to: time(one.untilMs) })}`}
        </span>
      </summary>
      <dl className="leaves">
        {lines.map(({ path, a }) => (
          <div key={JSON.stringify(path)}>
            <dt className="mono">
              <bdi>
                <Breakable text={path.length === 0 ? say.word("fact", one.kind) : pathText(path)} />
              </bdi>
            </dt>
            <dd className={a.state === "known" ? "mono" : "cannot"}>
              <bdi>{textOf(path, a)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
