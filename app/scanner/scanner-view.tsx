"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { useConnected } from "#app/realtime.tsx";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { Time } from "#app/ui/time/time.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import type { ScannerId } from "#core/identity/identity.ts";
import type { ScannerPage } from "#server/scanner/view.ts";
import { AxesStrip } from "./axes-strip.tsx";
import { DiagramPanel } from "./block-diagram.tsx";
import { ChangePanel } from "./change-panel.tsx";
import { ClosuresPanel } from "./closures-panel.tsx";
import { GenerationsPanel } from "./generations-panel.tsx";
import { HeadlineBlock } from "./headline-block.tsx";
import { AgentPanel, ClockPanel, DisksPanel, HostPanel, NixPanel } from "./host-panels.tsx";
import { IdentityLine } from "./identity-line.tsx";
import { ItemsPanel } from "./items-panel.tsx";
import { Notices } from "./notices.tsx";
import { PlacePanel } from "./place-panel.tsx";
import { SafetyPanel } from "./safety-panel.tsx";
import { SiblingsPanel } from "./siblings-panel.tsx";
import { KernelPanel, OpaquePanel, ProvidedPanel, UnitsPanel } from "./software-panels.tsx";
import { TimelinePanel } from "./timeline-panel.tsx";

const ASK_AGAIN_MS = 10_000;
const SECTIONS = [
  "diagram",
  "timeline",
  "items",
  "changes",
  "siblings",
  "safety",
  "generations",
  "host",
] as const;

export function ScannerView({ scannerId }: { scannerId: ScannerId }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const connected = useConnected();
  const query = useQuery(
    trpc.scanner.get.queryOptions({ scannerId }, { refetchInterval: connected ? ASK_AGAIN_MS : false }),
  );
  const { data } = query;
  return (
    <>
      <Header
        crumbs={[{ label: t("fleet.title"), href: paths.fleet() }, { label: data?.serial ?? "…" }]}
        {...(data === undefined ? {} : { asOfMs: data.nowMs, zone: data.timeZone })}
      />
      <main id="content" tabIndex={-1} className={connected ? "scanner" : "scanner as-of-then"}>
        <DataState query={query} what={t("scanner.what")} rows={10}>
          {(scanner) => <Loaded scanner={scanner} />}
        </DataState>
      </main>
    </>
  );
}

function Loaded({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const { may } = useMe();
  return (
    <>
      <IdentityLine scanner={scanner} />
      <nav className="tabs" aria-label={t("tab.label")}>
        {SECTIONS.map((section) => (
          <a key={section} href={`#${section}`}>
            {t(`tab.${section}`)}
            {section === "items" && scanner.findings.length > 0 && (
              <span className="n">{scanner.findings.length}</span>
            )}
          </a>
        ))}
        {may["audit.list"] && <Link href={paths.audit(scanner.scannerId)}>{t("nav.audit")}</Link>}
      </nav>
      <HeadlineBlock scanner={scanner} />
      <AxesStrip scanner={scanner} />
      <Notices scanner={scanner} />
      <Body scanner={scanner} />
    </>
  );
}

function Body({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const { scannerId, timeZone: zone } = scanner;
  const closures = useQuery(trpc.scanner.closures.queryOptions({ scannerId }));
  const facts = useQuery(trpc.scanner.facts.queryOptions({ scannerId }));
  const closuresState = { query: closures, what: t("closures.what") };
  const factsState = { query: facts, what: t("facts.what") };
  return (
    <div className="columns">
      <div className="main-column">
        <DiagramPanel scanner={scanner} />
        <TimelinePanel scanner={scanner} />
        <ItemsPanel scanner={scanner} />
        <DataState {...closuresState}>
          {(data) => <GenerationsPanel closures={data} scanner={scanner} />}
        </DataState>
        <DataState {...factsState} rows={8}>
          {(data) => (
            <>
              <UnitsPanel facts={data.facts} zone={zone} />
              <ProvidedPanel facts={data.facts} />
              <KernelPanel facts={data.facts} />
              <OpaquePanel opaque={data.opaque} />
            </>
          )}
        </DataState>
      </div>
      <div className="side-column">
        <ChangePanel scanner={scanner} />
        <SiblingsPanel scanner={scanner} />
        <DataState {...closuresState}>
          {(data) => <ClosuresPanel closures={data} scanner={scanner} />}
        </DataState>
        <Baseline scanner={scanner} />
        <SafetyPanel scanner={scanner} />
        <PlacePanel scanner={scanner} />
        <DataState {...factsState} rows={8}>
          {(data) => (
            <>
              <HostPanel facts={data.facts} zone={zone} />
              <DisksPanel facts={data.facts} zone={zone} />
              <ClockPanel facts={data.facts} zone={zone} />
              <NixPanel facts={data.facts} zone={zone} />
              <AgentPanel facts={data.facts} zone={zone} />
            </>
          )}
        </DataState>
      </div>
    </div>
  );
}

function Baseline({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const { baseline } = scanner;
  if (baseline === null) return null;
  return (
    <section className="panel">
      <div className="sec">
        <h2>
          <bdi>{t("baseline.title", { name: baseline.name })}</bdi>
        </h2>
      </div>
      <p className="t2">
        {t(`baseline.${baseline.origin}`)}, <bdi>{t("baseline.by", { who: baseline.adoptedBy })}</bdi>{" "}
        <Time ms={baseline.adoptedAtMs} zone={scanner.timeZone} />
      </p>
    </section>
  );
}
