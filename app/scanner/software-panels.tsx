"use client";
import { useSay } from "#app/ui/say.ts";
import { Breakable } from "#app/ui/store-path.tsx";
import { Time } from "#app/ui/time/time.tsx";
import { useWords } from "#app/viewer.tsx";
import type { Fact } from "#core/report/fact.ts";
import type { FactValue as Kind } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";
import { durationText } from "#core/time/duration.ts";
import { FactValue, Held, Panel, YesNo } from "./panel.tsx";

type Props = { facts: Facts; zone: string };

export function KernelPanel({ facts }: { facts: Facts }) {
  const { t } = useWords();
  return (
    <Panel id="kernel" title={t("kernel.title")}>
      <FactValue fact={facts.kernel}>
        {(kernel) => (
          <dl className="dl">
            <dt>{t("kernel.release")}</dt>
            <dd className="mono">
              <bdi title={kernel.version}>{kernel.release}</bdi>
            </dd>
            <dt>{t("kernel.realtime")}</dt>
            <dd>
              <YesNo value={kernel.realtime} />
            </dd>
            <dt>{t("kernel.tainted")}</dt>
            <dd>{kernel.tainted === 0 ? t("value.none") : kernel.tainted}</dd>
            <dt>{t("kernel.trees")}</dt>
            <dd>
              <Trees kernel={kernel} />
            </dd>
            <dt>{t("kernel.parameters")}</dt>
            <dd className="mono">
              <bdi>{kernel.parameters.join(" ")}</bdi>
            </dd>
          </dl>
        )}
      </FactValue>
      <FactValue fact={facts.modules}>{(modules) => <Modules modules={modules} />}</FactValue>
    </Panel>
  );
}

function Trees({ kernel }: { kernel: Kind<"kernel"> }) {
  const { t } = useWords();
  const { bootedTree, currentTree } = kernel;
  const same =
    bootedTree.state === "observed" &&
    currentTree.state === "observed" &&
    bootedTree.value === currentTree.value;
  if (same) return t("kernel.treesSame");
  return (
    <span className="mono">
      {t("closures.booted")} <FactValue fact={bootedTree}>{(tree) => <bdi>{tree}</bdi>}</FactValue>,{" "}
      {t("closures.running")} <FactValue fact={currentTree}>{(tree) => <bdi>{tree}</bdi>}</FactValue>
    </span>
  );
}

function Modules({ modules }: { modules: Kind<"modules"> }) {
  const { t } = useWords();
  return (
    <details className="fold">
      <summary>{t("modules.loaded", { n: modules.loaded.length })}</summary>
      <dl className="dl">
        <dt>{t("closures.booted")}</dt>
        <dd>
          <Differing fact={modules.differsFromBootedTree} />
        </dd>
        <dt>{t("closures.running")}</dt>
        <dd>
          <Differing fact={modules.differsFromCurrentTree} />
        </dd>
      </dl>
      <ul className="module-list mono">
        {modules.loaded.map(({ name, version, taint }) => (
          <li key={name}>
            <bdi>{name}</bdi>
            {version !== null && <bdi className="t3"> {version}</bdi>}
            {taint !== "" && <bdi className="t3"> {taint}</bdi>}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Differing({ fact }: { fact: Fact<string[]> }) {
  const { t } = useWords();
  return (
    <FactValue fact={fact}>
      {(names) =>
        names.length === 0 ? (
          t("modules.agree")
        ) : (
          <>
            {t("modules.differ", { n: names.length })}: <bdi className="mono">{names.join(", ")}</bdi>
          </>
        )
      }
    </FactValue>
  );
}

/** Failed units first; the rest folded. */
export function UnitsPanel({ facts, zone }: Props) {
  const { t } = useWords();
  if (facts.units?.state !== "observed") {
    return (
      <Panel title={t("units.title")}>
        <FactValue fact={facts.units}>{() => null}</FactValue>
      </Panel>
    );
  }
  const { systemState, units, more } = facts.units.value;
  const failed = units.filter(({ active }) => active === "failed");
  const rest = units.filter(({ active }) => active !== "failed");
  const said = failed.length > 0 ? ` ${t("units.failed", { n: failed.length })}` : "";
  return (
    <Panel title={`${t("units.title")}: ${t("units.systemState", { state: systemState })}${said}`}>
      <Held fact={facts.units} />
      {failed.length > 0 && <UnitTable units={failed} zone={zone} />}
      <details className="fold">
        <summary>{t("list.all", { n: rest.length })}</summary>
        <UnitTable units={rest} zone={zone} />
        {more > 0 && <p className="small-print">{t("list.more", { n: more })}</p>}
      </details>
    </Panel>
  );
}

function UnitTable({ units, zone }: { units: Kind<"units">["units"]; zone: string }) {
  const { t } = useWords();
  return (
    <div className="scroll-x">
      <table className="tbl flush stack wraps">
        <thead>
          <tr>
            <th scope="col">{t("units.unit")}</th>
            <th scope="col">{t("units.state")}</th>
            <th scope="col" className="num">
              {t("units.restarts")}
            </th>
            <th scope="col" className="num">
              {t("items.since")}
            </th>
          </tr>
        </thead>
        <tbody>
          {units.map((unit) => (
            <tr key={unit.name}>
              <th scope="row" className="mono">
                <bdi>
                  <Breakable text={unit.name} />
                </bdi>
              </th>
              <td data-label={t("units.state")}>
                <bdi>
                  {unit.active} ({unit.sub})
                  {unit.result !== "success" && unit.result !== "" && `, ${unit.result}`}
                </bdi>
              </td>
              <td className="num" data-label={t("units.restarts")}>
                {unit.restarts}
              </td>
              <td className="num t2" data-label={t("items.since")}>
                {unit.sinceMs !== null && <Time ms={unit.sinceMs} zone={zone} as="since" />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Values that device owners publish; each with the age it had on the scanner. */
export function ProvidedPanel({ facts }: { facts: Facts }) {
  const { t, locale } = useWords();
  const say = useSay();
  if (facts.provided?.state !== "observed") {
    return (
      <Panel title={t("provided.title")}>
        <FactValue fact={facts.provided}>{() => null}</FactValue>
      </Panel>
    );
  }
  return (
    <FactValue fact={facts.provided}>
      {(values) =>
        values.length === 0 ? null : (
          <Panel title={t("provided.title")}>
            <div className="scroll-x">
              <table className="tbl flush stack wraps">
                <thead>
                  <tr>
                    <th scope="col">{t("provided.owner")}</th>
                    <th scope="col">{t("provided.value")}</th>
                    <th scope="col">{t("provided.quality")}</th>
                    <th scope="col" className="num">
                      {t("provided.age")}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {values.map(({ owner, id, value, unit, quality, ageMs }) => (
                    <tr key={`${owner} ${id}`}>
                      <th scope="row" className="mono">
                        <bdi>{owner}</bdi> <bdi>{id}</bdi>
                      </th>
                      <td data-label={t("provided.value")}>
                        <bdi>{say.actual(value, unit)}</bdi>
                      </td>
                      <td data-label={t("provided.quality")}>{quality}</td>
                      <td className="num t2" data-label={t("provided.age")}>
                        {durationText(locale, ageMs)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Panel>
        )
      }
    </FactValue>
  );
}

/** Kinds that a newer agent reports: kept as they came, compared with nothing. */
export function OpaquePanel({ opaque }: { opaque: Readonly<Record<string, unknown>> }) {
  const { t } = useWords();
  const kinds = Object.entries(opaque);
  if (kinds.length === 0) return null;
  return (
    <Panel title={t("facts.newer")}>
      <p className="t2">{t("facts.newerBody")}</p>
      {kinds.map(([kind, value]) => (
        <details className="fold" key={kind}>
          <summary>
            <bdi className="mono">{kind}</bdi>
          </summary>
          <pre className="opaque">
            <bdi>{JSON.stringify(value, null, 2)}</bdi>
          </pre>
        </details>
      ))}
    </Panel>
  );
}
