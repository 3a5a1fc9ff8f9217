"use client";
import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useSettled } from "#app/ask/use-settled.ts";
import { paths } from "#app/paths.ts";
import { useTRPC } from "#app/trpc.tsx";
import { StatusMark } from "#app/ui/mark.tsx";
import { useChosenOption } from "#app/ui/use-chosen-option.ts";
import { useWords } from "#app/viewer.tsx";
import type { CompareQuery } from "./query.ts";

const WAIT_MS = 120;

/** Chooses the scanner of one side by serial, alias or site; the address changes, and with it the page. */
export function ScannerPicker({ query, side }: { query: CompareQuery; side: "a" | "b" }) {
  const { t } = useWords();
  const router = useRouter();
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const root = useChosenOption();
  const settled = useSettled(text.trim(), WAIT_MS);
  const found = useQuery(trpc.ask.find.queryOptions({ text: settled }, { enabled: settled !== "" }));
  // Hits of an earlier text are none of this one.
  const scanners = settled === "" || settled !== text.trim() ? [] : (found.data?.scanners ?? []);
  const label = t(side === "a" ? "compare.left" : "compare.right");
  const choose = (scannerId: string) => {
    const chosen = { scannerId, atMs: null };
    router.push(paths.compare(side === "a" ? chosen : query.a, side === "b" ? chosen : query.b));
  };
  return (
    <Command ref={root} className="side ask-field" shouldFilter={false} label={label}>
      <h2>{label}</h2>
      <div className="ask-input">
        <Search aria-hidden />
        <Command.Input
          value={text}
          maxLength={100}
          placeholder={t("compare.choose")}
          onValueChange={setText}
        />
      </div>
      <Command.List className="picked" label={label} hidden={scanners.length === 0}>
        {scanners.map((scanner) => (
          <Command.Item
            key={scanner.scannerId}
            value={scanner.scannerId}
            onSelect={() => choose(scanner.scannerId)}
          >
            <span>
              <b>
                <bdi>{scanner.serial}</bdi>
              </b>{" "}
              {scanner.alias !== null && <bdi className="t2">{scanner.alias}</bdi>}
            </span>
            <bdi className="t2">{scanner.siteName}</bdi>
            <StatusMark status={scanner.headline} size="small" />
          </Command.Item>
        ))}
      </Command.List>
      <p className="t3" role="status">
        {settled !== "" && found.data !== undefined && scanners.length === 0 ? t("compare.noHit") : ""}
      </p>
    </Command>
  );
}
