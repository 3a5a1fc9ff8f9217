"use client";
import { StorePath } from "#app/ui/store-path.tsx";
import { useWords } from "#app/viewer.tsx";
import type { BootChanges, BootPart } from "#core/closure/boot.ts";
import { emphasise } from "./emphasise.ts";
import { Changed } from "./item-table.tsx";

const PARTS = ["kernel", "initrd", "systemd"] as const;

/** What the machine boots with, part by part; a side that did not say is said to be unknown, never taken for unchanged. */
export function BootChangesView({ boot }: { boot: BootChanges }) {
  const { t } = useWords();
  return (
    <dl className="dl boot-changes">
      {PARTS.map((part) => (
        <div key={part} className="contents">
          <dt>{t(`diff.${part}`)}</dt>
          <dd>
            <Part part={boot[part]} />
          </dd>
        </div>
      ))}
      <dt>{t("diff.parameters")}</dt>
      <dd>
        <Parameters parameters={boot.parameters} />
      </dd>
    </dl>
  );
}

function Part({ part }: { part: BootPart }) {
  const { t } = useWords();
  if (part.change === "unknown") return <span className="cannot">{t("diff.notKnown")}</span>;
  if (part.change === "same") {
    return (
      <span className="t3">
        {t("diff.same")}
        {part.toVersion !== null && <bdi className="mono"> {part.toVersion}</bdi>}
      </span>
    );
  }
  if (part.fromVersion !== null && part.toVersion !== null && part.fromVersion !== part.toVersion) {
    const { left, right } = emphasise(part.fromVersion, part.toVersion);
    return (
      <span className="mono v">
        <Changed parts={left} /> → <Changed parts={right} />
      </span>
    );
  }
  return (
    <span>
      {t("diff.other")} {part.to !== null && <StorePath path={part.to} />}
    </span>
  );
}

function Parameters({ parameters }: { parameters: BootChanges["parameters"] }) {
  const { t } = useWords();
  if (parameters === null) return <span className="cannot">{t("diff.notKnown")}</span>;
  const { added, removed } = parameters;
  if (added.length + removed.length === 0) return <span className="t3">{t("diff.same")}</span>;
  return (
    <ul className="parameters mono">
      {removed.map((one, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same parameter may be there twice
        <li key={`-${place}`}>
          − <bdi>{one}</bdi>
        </li>
      ))}
      {added.map((one, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same parameter may be there twice
        <li key={`+${place}`}>
          + <bdi>{one}</bdi>
        </li>
      ))}
    </ul>
  );
}
