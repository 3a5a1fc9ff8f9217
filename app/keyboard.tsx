"use client";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { usePalette } from "./palette/palette-context.tsx";
import { paths } from "./paths.ts";
import { useTRPC } from "./trpc.tsx";
import { Dialog } from "./ui/dialog.tsx";
import type { Word } from "./ui/words.ts";
import { useMe, useWords } from "./viewer.tsx";

/**
 * Single-key shortcuts (field-service.md §4.8). They can be turned off (WCAG 2.1.4), do nothing while typing, and none of
 * them acts on a scanner. Moving in the fleet table is the table's own business.
 */
const CHORD_MS = 1_200;

/** What the person prefers, for listeners outside any component; `Keyboard` keeps it. */
let shortcutsOn = true;

/** True for a plain key outside any field, menu or dialog. */
export function isPlainKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !shortcutsOn) return false;
  const at = event.target;
  return !(
    at instanceof Element && at.closest("input, textarea, select, [contenteditable], [role=dialog]") !== null
  );
}

/** The second key after `g`. */
const GO = {
  f: { href: paths.fleet(), word: "keys.goFleet" },
  r: { href: paths.releases, word: "keys.goReleases" },
  c: { href: paths.changes(), word: "keys.goChanges" },
  a: { href: paths.ask(), word: "keys.goAsk" },
  e: { href: paths.enrol, word: "keys.goEnrol" },
  s: { href: paths.sites, word: "keys.goSites" },
} as const satisfies Record<string, { href: string; word: Word }>;

function goal(key: string): string | null {
  return Object.hasOwn(GO, key) ? GO[key as keyof typeof GO].href : null;
}

/** A page's own search field; where there is none, the palette is the search. */
function ownSearch(): HTMLElement | null {
  return document.getElementById("search");
}

export function Keyboard() {
  const router = useRouter();
  const palette = usePalette();
  const { shortcuts } = useMe().preferences;
  const [help, setHelp] = useState(false);
  useEffect(() => {
    shortcutsOn = shortcuts;
  }, [shortcuts]);
  useEffect(
    () =>
      listenForKeys({
        go: (href) => router.push(href),
        search: () => {
          const field = ownSearch();
          if (field === null) palette.open();
          else field.focus();
        },
        help: () => setHelp(true),
      }),
    [router, palette],
  );
  return <KeyboardHelp open={help} onOpenChange={setHelp} />;
}

type Acts = { go: (href: string) => void; search: () => void; help: () => void };

/** Hears keys before the pages do: what went somewhere is not for the fleet's table. Answers how to stop. */
function listenForKeys({ go, search, help }: Acts): () => void {
  let goSince = Number.NEGATIVE_INFINITY;
  const act = ({ key, timeStamp }: KeyboardEvent): boolean => {
    const href = timeStamp - goSince < CHORD_MS ? goal(key) : null;
    goSince = key === "g" ? timeStamp : Number.NEGATIVE_INFINITY;
    if (href !== null) go(href);
    else if (key === "/") search();
    else if (key === "?") help();
    else return false;
    return true;
  };
  const listen = (event: KeyboardEvent) => {
    if (!isPlainKey(event) || !act(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("keydown", listen, { capture: true });
  return () => document.removeEventListener("keydown", listen, { capture: true });
}

function KeyboardHelp({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useWords();
  const { keyText } = usePalette();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("keys.title")}>
      <dl className="dl">
        <dt>
          <kbd>{keyText}</kbd>
        </dt>
        <dd>{t("keys.palette")}</dd>
        <dt>
          <kbd>/</kbd>
        </dt>
        <dd>{t("keys.search")}</dd>
        {Object.entries(GO).map(([key, { word }]) => (
          <GoKey key={key} second={key} word={word} />
        ))}
        <dt>
          <kbd>j</kbd> <kbd>k</kbd>
        </dt>
        <dd>{t("keys.move")}</dd>
        <dt>
          <kbd>↵</kbd>
        </dt>
        <dd>{t("keys.open")}</dd>
        <dt>
          <kbd>x</kbd>
        </dt>
        <dd>{t("keys.tick")}</dd>
        <dt>
          <kbd>e</kbd>
        </dt>
        <dd>{t("keys.export")}</dd>
        <dt>
          <kbd>?</kbd>
        </dt>
        <dd>{t("keys.help")}</dd>
      </dl>
      <ShortcutSwitch />
    </Dialog>
  );
}

function GoKey({ second, word }: { second: string; word: Word }) {
  const { t } = useWords();
  return (
    <>
      <dt>
        <kbd>g</kbd> {t("keys.then")} <kbd>{second}</kbd>
      </dt>
      <dd>{t(word)}</dd>
    </>
  );
}

/** Kept with the person, so that it holds on every machine they sign in at. */
export function ShortcutSwitch() {
  const { t } = useWords();
  const { shortcuts } = useMe().preferences;
  const router = useRouter();
  const trpc = useTRPC();
  // What was chosen last shows at once, and until the page itself holds it; refused, the box goes back.
  const [chosen, choose] = useState<boolean | null>(null);
  const set = useMutation(
    trpc.session.setPreferences.mutationOptions({
      onSuccess: () => router.refresh(),
      onError: () => choose(null),
    }),
  );
  const change = (wanted: boolean) => {
    choose(wanted);
    set.mutate({ shortcuts: wanted });
  };
  return (
    <div>
      <label className="check">
        <input
          type="checkbox"
          checked={chosen ?? shortcuts}
          onChange={(event) => change(event.target.checked)}
        />
        {t("keys.on")}
      </label>
      <p className="small-print">{t("keys.why")}</p>
    </div>
  );
}
