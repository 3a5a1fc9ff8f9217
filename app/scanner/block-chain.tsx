"use client";
import { Check, CircleQuestionMark, type LucideIcon, OctagonX, Unlink } from "lucide-react";
import { useSay } from "#app/ui/say.ts";
import { useAbsolute, useWords } from "#app/viewer.tsx";
import type { Chain } from "#core/block/diagram.ts";

type State = Chain["elements"][number]["state"];

const ICONS = {
  closed: Check,
  open: Unlink,
  bypassed: OctagonX,
  unknown: CircleQuestionMark,
} as const satisfies Record<State, LucideIcon>;

type Props = { chain: Chain; asOfMs: number | null; zone: string };

/** The elements of the interlock chain inside the daemon's block. When it is not heard they are dotted and said to be the last known. */
export function BlockChain({ chain, asOfMs, zone }: Props) {
  const { t } = useWords();
  const say = useSay();
  const absolute = useAbsolute(zone);
  const { elements, heard } = chain;
  const past = heard !== "now";
  const other = elements.filter(({ state }) => state !== "closed").length;
  const total = elements.length;
  if (total === 0) return null;
  const said =
    other === 0 ? t("diagram.chainAll", { n: total }) : t("diagram.chainSome", { n: other, total });
  return (
    <>
      <ul className="blk-chain" aria-label={t("diagram.chain")}>
        {elements.map(({ id, label, state }) => {
          const Icon = ICONS[state];
          const word = say.word("chain", state);
          return (
            <li key={id} data-state={past ? "past" : state}>
              <bdi>{label ?? id}</bdi>
              {past ? (
                <span className="sr">{t("diagram.was", { word })}</span>
              ) : (
                <Icon role="img" aria-label={word} />
              )}
            </li>
          );
        })}
      </ul>
      {heard === "never" && <p className="blk-cap">{t("diagram.chainNever")}</p>}
      {heard === "past" && asOfMs !== null && (
        <p className="blk-cap">{t("diagram.chainLost", { time: absolute(asOfMs), said })}</p>
      )}
    </>
  );
}
