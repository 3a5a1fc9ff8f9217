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
              <Compare entries={entries} scannerId={scanner.scannerId} />
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

function Compare({ entries, scannerId }: { entries: readonly GenerationRow[]; scannerId: ScannerId }) {
  const { t } = useWords();
  const known = entries.filter(({ pathListKnown }) => pathListKnown);
  const [chosen, setChosen] = useState<{ from: number | null; to: number | null }>({ from: null, to: null });
  const to = known.find(({ number }) => number === chosen.to) ?? known[0];
  const from =
    known.find(({ number }) => number === chosen.from) ??
    known.find(({ path }) => path !== to?.path) ??
    known[1];
  if (to === undefined || from === undefined) return <p className="t3">{t("gen.needTwo")}</p>;
  const options = known.map(({ number, path, releaseName }) => (
    <option key={number} value={number}>
      {t("gen.entry", { n: String(number), name: releaseName ?? storePathParts(path).name })}
    </option>
  ));
  return (
    <div className="compare">
      <h3 className="strong">{t("gen.choose")}</h3>
      <div className="two-col">
        <SelectField
          label={t("gen.from")}
          value={from.number}
          onChange={(event) => setChosen({ from: Number(event.target.value), to: to.number })}
        >
          {options}
        </SelectField>
        <SelectField
          label={t("gen.to")}
          value={to.number}
          onChange={(event) => setChosen({ from: from.number, to: Number(event.target.value) })}
        >
          {options}
        </SelectField>
      </div>
      {from.path === to.path ? (
        <p className="t2">{t("gen.same")}</p>
      ) : (
        <Difference scannerId={scannerId} from={from.path} to={to.path} />
      )}
    </div>
  );
}

function Difference({ scannerId, from, to }: { scannerId: ScannerId; from: string; to: string }) {
  const { t } = useWords();
  const say = useSay();
  const trpc = useTRPC();
  const query = useQuery(
    trpc.scanner.generationDiff.queryOptions({ scannerId, from, to }, { staleTime: Infinity }),
  );
  return (
    <DataState query={query} what={t("diff.what")} rows={6}>
      {(diff) =>
        "unavailable" in diff ? (
          <p className="t2">{say.unknown(diff.unavailable)}</p>
        ) : (
          <ClosureDiffView diff={diff} />
        )
      }
    </DataState>
  );
}
