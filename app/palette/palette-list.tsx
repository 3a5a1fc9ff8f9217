"use client";
import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Bookmark, Building2, CircleQuestionMark, LayoutGrid, Radio } from "lucide-react";
import { usePathname } from "next/navigation";
import { useEffect } from "react";
import { hitText } from "#app/ask/hit-text.ts";
import { KindWord } from "#app/ask/kind-word.tsx";
import { useSettled } from "#app/ask/use-settled.ts";
import { paths } from "#app/paths.ts";
import { useTRPC } from "#app/trpc.tsx";
import { StatusMark } from "#app/ui/mark.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import { ACTIONS, actionsHere, offered, PAGES, type Place } from "./places.ts";

const WAIT_MS = 120;
const HITS = 4;

type Props = { text: string; go: (href: string) => void };
type ListProps = Props & { chooseFirst: () => void };

export function PaletteList({ text, go, chooseFirst }: ListProps) {
  const { t } = useWords();
  const me = useMe();
  const here = offered(actionsHere(usePathname()), me.may);
  const matches = ({ word }: Place) => t(word).toLowerCase().includes(text.toLowerCase());
  return (
    <Command.List label={t("palette.title")}>
      <Command.Empty>{t("palette.empty")}</Command.Empty>
      {text !== "" && <Found text={text} go={go} chooseFirst={chooseFirst} />}
      {text !== "" && me.may["ask.answer"] && <Questions text={text} go={go} />}
      <Places heading={t("palette.here")} places={here.filter(matches)} go={go} />
      <Views text={text} go={go} />
      <Places heading={t("palette.pages")} places={offered(PAGES, me.may).filter(matches)} go={go} />
      <Places heading={t("palette.actions")} places={offered(ACTIONS, me.may).filter(matches)} go={go} />
    </Command.List>
  );
}

function Found({ text, go, chooseFirst }: ListProps) {
  const { t } = useWords();
  const trpc = useTRPC();
  const asked = text.slice(0, 100);
  const settled = useSettled(asked, WAIT_MS);
  const { data } = useQuery(trpc.ask.find.queryOptions({ text: settled }));
  // Only what was found for the text as it stands: Enter on yesterday's hit would open another scanner than the one that was typed.
  const { scanners = [], sites = [] } = settled === asked ? (data ?? {}) : {};
  const first = scanners[0]?.scannerId ?? sites[0]?.siteId;
  // What is found comes after what was there at once, and Enter must go to it all the same.
  useEffect(() => {
    if (first !== undefined) chooseFirst();
  }, [first, chooseFirst]);
  return (
    <>
      {scanners.length > 0 && (
        <Command.Group heading={t("palette.scanners")}>
          {scanners.map(({ scannerId, serial, alias, siteName, headline }) => (
            <Command.Item key={scannerId} value={scannerId} onSelect={() => go(paths.scanner(scannerId))}>
              <Radio aria-hidden />
              <span>
                <b className="strong">
                  <bdi>{serial}</bdi>
                </b>{" "}
                {alias !== null && <bdi className="t2">{alias}</bdi>} <bdi className="t2">{siteName}</bdi>
              </span>
              <StatusMark status={headline} size="small" />
            </Command.Item>
          ))}
          <Command.Item value="all-matching" onSelect={() => go(paths.fleet({ search: [text] }))}>
            <LayoutGrid aria-hidden />
            <bdi>{t("palette.fleetSearch", { text })}</bdi>
          </Command.Item>
        </Command.Group>
      )}
      {sites.length > 0 && (
        <Command.Group heading={t("palette.sites")}>
          {sites.map(({ siteId, name }) => (
            <Command.Item key={siteId} value={siteId} onSelect={() => go(paths.fleet({ site: [siteId] }))}>
              <Building2 aria-hidden />
              <bdi>{name}</bdi>
            </Command.Item>
          ))}
        </Command.Group>
      )}
    </>
  );
}

function Questions({ text, go }: Props) {
  const { t } = useWords();
  const trpc = useTRPC();
  const settled = useSettled(text, WAIT_MS);
  const { data } = useQuery(
    trpc.ask.suggest.queryOptions({ text: settled }, { enabled: settled.length > 1 }),
  );
  return (
    <Command.Group heading={t("palette.ask")}>
      {(settled === text ? (data ?? []) : []).slice(0, HITS).map((hit) => (
        <Command.Item
          key={hitText(hit)}
          value={`ask ${hitText(hit)}`}
          onSelect={() => go(paths.ask(hitText(hit)))}
        >
          <CircleQuestionMark aria-hidden />
          <bdi className="mono">
            {hit.name}
            {hit.value !== null && ` ${hit.value}`}
          </bdi>
          <KindWord kind={hit.kind} />
        </Command.Item>
      ))}
      <Command.Item value="ask-typed" onSelect={() => go(paths.ask(text))}>
        <CircleQuestionMark aria-hidden />
        <bdi>{t("ask.askFor", { text })}</bdi>
      </Command.Item>
    </Command.Group>
  );
}

function Views({ text, go }: Props) {
  const { t } = useWords();
  const trpc = useTRPC();
  const { data } = useQuery(trpc.savedView.list.queryOptions());
  const views = (data ?? []).filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()));
  if (views.length === 0) return null;
  return (
    <Command.Group heading={t("palette.views")}>
      {views.slice(0, 8).map(({ viewId, name, query, purpose }) => (
        <Command.Item
          key={viewId}
          value={viewId}
          onSelect={() => go(query === "" ? "/fleet" : `/fleet?${query}`)}
        >
          <Bookmark aria-hidden />
          <bdi>{name}</bdi>
          <bdi className="t3">{purpose}</bdi>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

type PlacesProps = { heading: string; places: readonly Place[]; go: (href: string) => void };

function Places({ heading, places, go }: PlacesProps) {
  const { t } = useWords();
  if (places.length === 0) return null;
  return (
    <Command.Group heading={heading}>
      {places.map(({ word, href, icon: Icon }) => (
        <Command.Item key={word} value={word} onSelect={() => go(href)}>
          <Icon aria-hidden />
          {t(word)}
        </Command.Item>
      ))}
    </Command.Group>
  );
}
