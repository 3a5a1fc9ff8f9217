"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { Breakable } from "#app/ui/store-path.tsx";
import { useWords } from "#app/viewer.tsx";
import { type DiagramBlock, readDiagram } from "#core/block/diagram.ts";
import { DEVICE_BLOCKS } from "#core/block/link.ts";
import { storePathParts } from "#core/closure/store-path.ts";
import type { Block } from "#core/manifest/item.ts";
import type { ScannerDiagram, ScannerPage } from "#server/scanner/view.ts";
import { BlockBox } from "./block-box.tsx";
import { BlockChain } from "./block-chain.tsx";
import { BlockWire, type WirePlace } from "./block-wire.tsx";
import { useBlockWords } from "./block-words.ts";
import { Panel } from "./panel.tsx";
import { blockIn, useUrlState } from "./url-state.ts";

/** TRI-7: the scanner as blocks, each with what it says and how it hangs together. The cause is the only solid block. */
export function DiagramPanel({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const query = useQuery(trpc.scanner.diagram.queryOptions({ scannerId: scanner.scannerId }));
  return (
    <DataState query={query} what={t("diagram.what")} rows={9}>
      {(diagram) => <Drawn diagram={diagram} zone={scanner.timeZone} />}
    </DataState>
  );
}

function Drawn({ diagram, zone }: { diagram: ScannerDiagram; zone: string }) {
  const { t } = useWords();
  const words = useBlockWords();
  const chosen = blockIn(useUrlState().get("block"));
  const { releaseName, blocks, leftOut } = diagram;
  const own = blocks.filter(({ block }) => !DEVICE_BLOCKS.includes(block));
  const devices = blocks.filter(({ block }) => DEVICE_BLOCKS.includes(block));
  return (
    <Panel
      id="diagram"
      title={words.sentence(readDiagram(diagram))}
      source={
        <bdi>{releaseName === null ? t("diagram.seen") : t("diagram.source", { name: releaseName })}</bdi>
      }
    >
      <div className="dia-room">
        <div
          className="dia"
          data-knowledge={diagram.knowledge}
          data-devices={devices.length > 0 ? "" : undefined}
        >
          <Computer diagram={diagram} own={own} chosen={chosen} zone={zone} />
          {devices.length > 0 && <Devices devices={devices} chosen={chosen} />}
        </div>
      </div>
      {leftOut.length > 0 && diagram.knowledge !== "never" && (
        <p className="small-print">{t("diagram.leftOut", { names: words.allNames(leftOut) })}</p>
      )}
    </Panel>
  );
}

type Shown = { chosen: Block | null };

function Computer({
  diagram,
  own,
  chosen,
  zone,
}: Shown & { diagram: ScannerDiagram; own: readonly DiagramBlock[]; zone: string }) {
  const { t } = useWords();
  const { os, kernel, toplevel } = diagram.computer;
  const facts = [os, kernel === null ? null : t("diagram.kernel", { release: kernel })];
  return (
    <section className="dia-computer" aria-label={t("diagram.computer")}>
      <p className="dia-head">
        <b>{t("diagram.computer")}</b>
        <bdi>{facts.filter((one) => one !== null).join(", ")}</bdi>
        {toplevel !== null && (
          <bdi className="mono" title={toplevel}>
            <Breakable text={storePathParts(toplevel).name} />
          </bdi>
        )}
      </p>
      <ul className="dia-own">
        {own.map((one) => (
          <li key={one.block} data-at={one.block}>
            <BlockBox one={one} chosen={one.block === chosen}>
              {one.block === "safety" && diagram.chain !== null && (
                <BlockChain chain={diagram.chain} asOfMs={diagram.chainAsOfMs} zone={zone} />
              )}
            </BlockBox>
          </li>
        ))}
      </ul>
    </section>
  );
}

const onBus = ({ links: [link] }: DiagramBlock) =>
  link !== undefined && (link.kind === "network" || link.kind === null);

/** Devices on the bus first, then those with a line of their own; the surveillance unit hangs on the daemon, which stands lowest. */
function Devices({ devices, chosen }: Shown & { devices: readonly DiagramBlock[] }) {
  const { t } = useWords();
  const bus = devices.filter((one) => onBus(one) && one.block !== "surveillance");
  const own = devices.filter((one) => !bus.includes(one));
  const last = (one: DiagramBlock) => Number(one.block === "surveillance");
  const placeOf = (place: number): WirePlace => {
    if (bus.length === 1) return "alone";
    return place === 0 ? "first" : place === bus.length - 1 ? "last" : "middle";
  };
  return (
    <ul className="dia-devices" aria-label={t("diagram.devices")}>
      {bus.map((one, place) => (
        <li key={one.block} data-at={one.block}>
          <BlockWire
            link={one.links[0] ?? null}
            place={placeOf(place)}
            trunk={bus.length > 1 && place === Math.floor((bus.length - 1) / 2)}
          />
          <BlockBox one={one} chosen={one.block === chosen} />
        </li>
      ))}
      {[...own]
        .sort((a, b) => last(a) - last(b))
        .map((one) => (
          <li key={one.block} data-at={one.block}>
            <BlockWire link={one.links[0] ?? null} place="alone" trunk={false} />
            <BlockBox one={one} chosen={one.block === chosen} />
          </li>
        ))}
    </ul>
  );
}
