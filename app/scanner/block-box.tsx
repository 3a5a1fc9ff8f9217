"use client";
import { Fragment, type MouseEvent, type ReactNode } from "react";
import { Flash } from "#app/ui/flash.tsx";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import type { DiagramBlock, Part } from "#core/block/diagram.ts";
import type { DiagramLink } from "#core/block/link.ts";
import { BLOCK_LOOKS } from "./block-look.ts";
import { useLinkState } from "./block-wire.tsx";
import { useBlockWords } from "./block-words.ts";
import { useUrlState } from "./url-state.ts";

type Props = { one: DiagramBlock; chosen: boolean; children?: ReactNode };

/** One block: name, word with icon, one line. Its name is a link that shows its items in the table below; the whole box is its target. */
export function BlockBox({ one, chosen, children }: Props) {
  const words = useBlockWords();
  const { address, go } = useUrlState();
  const { icon: Icon, fill, hue } = BLOCK_LOOKS[one.status];
  const word = words.status(one);
  const next = { block: chosen ? null : one.block };
  const show = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(next);
    const items = document.getElementById("items");
    items?.scrollIntoView({ block: "start" });
    items?.focus({ preventScroll: true });
  };
  return (
    <article
      className="blk"
      data-status={one.status}
      data-fill={fill}
      data-hue={hue ?? undefined}
      data-block={one.block}
    >
      <h3 className="blk-head">
        <a href={address(next, "#items")} aria-current={chosen ? "true" : undefined} onClick={show}>
          {fill === "solid" && <Icon className="oct" aria-hidden />}
          <span className="blk-name">{words.name(one.block)}</span>
          <span className="blk-word">
            {fill !== "solid" && <Icon aria-hidden />}
            <Flash of={word}>{word}</Flash>
          </span>
        </a>
      </h3>
      {one.summary.length > 0 && <SummaryLine one={one} />}
      {one.parts.length > 1 && <Parts parts={one.parts} />}
      {one.links.map((link) => (
        <LinkText key={link.kind ?? "line"} link={link} />
      ))}
      {children}
    </article>
  );
}

function SummaryLine({ one }: { one: DiagramBlock }) {
  const words = useBlockWords();
  return (
    <p className="blk-line">
      {one.summary.map((piece, place) => {
        const { text, mono } = words.piece(piece);
        return (
          <Fragment key={text}>
            {place > 0 && ", "}
            <bdi className={mono ? "mono" : undefined}>{text}</bdi>
          </Fragment>
        );
      })}
    </p>
  );
}

const MOST_PARTS = 8;

function Parts({ parts }: { parts: readonly Part[] }) {
  const say = useSay();
  const more = parts.length - MOST_PARTS;
  return (
    <ul className="blk-parts">
      {parts.slice(0, MOST_PARTS).map(({ part, status }) => {
        const { icon: Icon, fill, hue } = BLOCK_LOOKS[status];
        const word = say.word("block-status", status);
        return (
          <li key={part} data-fill={fill} data-hue={hue ?? undefined}>
            <bdi className="mono">{part}</bdi>
            <Icon role="img" aria-label={word} />
          </li>
        );
      })}
      {more > 0 && <li>+{more}</li>}
    </ul>
  );
}

/** The line to the device in words: read aloud beside the drawing, and shown where there is no room to draw it. */
function LinkText({ link }: { link: DiagramLink }) {
  const { t } = useWords();
  const say = useSay();
  const state = useLinkState(link);
  const kind = link.kind === null ? t("diagram.link") : say.word("link-kind", link.kind);
  return (
    <p className="blk-link" data-state={link.state}>
      {kind}: {state}
    </p>
  );
}
