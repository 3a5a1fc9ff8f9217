"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { SelectField } from "#app/ui/field.tsx";
import { useSay } from "#app/ui/say.ts";
import { StorePath } from "#app/ui/store-path.tsx";
import { Time } from "#app/ui/time/time.tsx";
import { useWords } from "#app/viewer.tsx";
import { storePathParts } from "#core/closure/store-path.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import type { Closures5, GenerationRow, ScannerPage } from "#server/scanner/view.ts";
import { ClosureDiffView } from "./closure-diff.tsx";
import { FactValue, Panel } from "./panel.tsx";

/** Generations still on disk; any two can be compared, so nobody needs to know what changed to see what changed (EXP-3). */
export function GenerationsPanel({ closures, scanner }: { closures: Closures5; scanner: ScannerPage }) {
  const { t } = useWords();
  const { generations } = closures;
  const count =
    generations.state === "observed" ? generations.value.entries.length + generations.value.more : 0;
  return (
    <Panel
      id="generations"
      title={generations.state === "observed" ? t("gen.title", { n: count }) : t("tab.generations")}
      source={
        generations.state === "observed" ? <bdi className="mono">{generations.value.profile}</bdi> : undefined
      }
    >
      <FactValue fact={generations}>
        {({ entries, more }) =>
          entries.length > 0 && (
            <>
              <GenerationTable entries={entries} zone={scanner.timeZone} />
              {more > 0 && <p className="small-print">{t("gen.more", { n: more })}</p>}
              <Compare entries={entries} pinned={closures.pinned} scannerId={scanner.scannerId} />
            </>
          )
        }
      </FactValue>
    </Panel>
  );
}

const SHOWN = 8;

function GenerationTable({ entries, zone }: { entries: readonly GenerationRow[]; zone: string }) {
  const { t } = useWords();
  const [all, setAll] = useState(false);
  return (
    <div className="scroll-x">
      <table className="tbl flush stack generations">
        <thead>
          <tr>
            <th scope="col">{t("gen.number")}</th>
            <th scope="col">{t("gen.system")}</th>
            <th scope="col" className="num">
              {t("gen.created")}
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.slice(0, all ? undefined : SHOWN).map((entry) => (
            <tr key={entry.number} className={entry.present ? undefined : "holds"}>
              <th scope="row">{entry.number}</th>
              <td data-label={t("gen.system")}>
                <StorePath path={entry.path} />
                {entry.releaseName !== null && <bdi className="t3"> {entry.releaseName}</bdi>}
                {!entry.present && <b className="cannot-strong"> {t("gen.dangling")}</b>}
                {entry.present && !entry.pathListKnown && <span className="t3"> {t("gen.noList")}</span>}
              </td>
              <td className="num t2" data-label={t("gen.created")}>
                {entry.createdAtMs !== null && <Time ms={entry.createdAtMs} zone={zone} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!all && entries.length > SHOWN && (
        <button type="button" className="btn bare" onClick={() => setAll(true)}>
          {t("list.all", { n: entries.length })}
        </button>
      )}
    </div>
  );
}

type System = { key: string; label: string; path: string; known: boolean };

/** All that can stand on a side: every generation on disk, and the pinned system where it is none of them. */
function useSystems(entries: readonly GenerationRow[], pinned: Closures5["pinned"]): System[] {
  const { t } = useWords();
  const systems = entries.map(({ number, path, releaseName, pathListKnown: known }) => {
    const name = releaseName ?? storePathParts(path).name;
    return { key: String(number), label: t("gen.entry", { n: String(number), name }), path, known };
  });
  if (pinned === null || pinned.toplevel === null || entries.some(({ path }) => path === pinned.toplevel))
    return systems;
  const label = t("gen.pinnedRelease", { name: pinned.releaseName });
  return [...systems, { key: "pinned", label, path: pinned.toplevel, known: false }];
}

type CompareProps = { entries: readonly GenerationRow[]; pinned: Closures5["pinned"]; scannerId: ScannerId };

function Compare({ entries, pinned, scannerId }: CompareProps) {
  const { t } = useWords();
  const systems = useSystems(entries, pinned);
  const [chosen, setChosen] = useState<{ from: string | null; to: string | null }>({ from: null, to: null });
  const to = systems.find(({ key }) => key === chosen.to) ?? systems.find(({ known }) => known) ?? systems[0];
  const others = systems.filter(({ path }) => path !== to?.path);
  const from =
    systems.find(({ key }) => key === chosen.from) ??
    others.find(({ known }) => known) ??
    others[0] ??
    systems[1];
  if (to === undefined || from === undefined) return <p className="t3">{t("gen.needTwo")}</p>;
  const options = systems.map(({ key, label }) => (
    <option key={key} value={key}>
      {label}
    </option>
  ));
  return (
    <div className="compare">
      <h3 className="strong">{t("gen.choose")}</h3>
      <div className="two-col">
        <SelectField
          label={t("gen.from")}
          value={from.key}
          onChange={(event) => setChosen({ from: event.target.value, to: to.key })}
        >
          {options}
        </SelectField>
        <SelectField
          label={t("gen.to")}
          value={to.key}
          onChange={(event) => setChosen({ from: from.key, to: event.target.value })}
        >
          {options}
        </SelectField>
      </div>
      {from.path === to.path ? (
        <p className="t2">{t("gen.same")}</p>
      ) : (
        <Difference scannerId={scannerId} from={from} to={to} />
      )}
    </div>
  );
}

/** A path list that is not here yet may come; two that are here never change. */
function Difference({ scannerId, from, to }: { scannerId: ScannerId; from: System; to: System }) {
  const { t } = useWords();
  const say = useSay();
  const trpc = useTRPC();
  const input = { scannerId, from: from.path, to: to.path };
  const staleTime = from.known && to.known ? Number.POSITIVE_INFINITY : 0;
  const query = useQuery(trpc.scanner.generationDiff.queryOptions(input, { staleTime }));
  return (
    <DataState query={query} what={t("diff.what")} rows={6}>
      {(diff) =>
        "unavailable" in diff ? (
          <p className="t2">
            <span className="cannot">{t("gen.unknownHere")}</span> {say.unknown(diff.unavailable)}
          </p>
        ) : (
          <>
            {diff.assumed.map((path) => (
              <p className="t2" key={path}>
                <bdi>{t("gen.assumed", { name: storePathParts(path).name })}</bdi>
              </p>
            ))}
            <ClosureDiffView diff={diff} />
          </>
        )
      }
    </DataState>
  );
}
