"use client";
import { useRouter } from "next/navigation";
import { useEffect, useState, useSyncExternalStore } from "react";
import { paths } from "./paths.ts";
import { Dialog } from "./ui/dialog.tsx";
import { useWords } from "./viewer.tsx";

/**
 * Single-key shortcuts (field-service.md §4.8). They can be turned off (WCAG 2.1.4), do nothing while typing, and none of
 * them acts on a scanner. Moving in the fleet table is the table's own business.
 */
const OFF_KEY = "fiducial.shortcuts-off";
const CHORD_MS = 1_200;
const SWITCHED = "fiducial:shortcuts";

function onSwitch(listener: () => void): () => void {
  window.addEventListener(SWITCHED, listener);
  return () => window.removeEventListener(SWITCHED, listener);
}

function shortcutsOn(): boolean {
  return localStorage.getItem(OFF_KEY) === null;
}

/** True for a plain key outside any field, menu or dialog. */
export function isPlainKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !shortcutsOn())
    return false;
  const at = event.target;
  return !(
    at instanceof Element && at.closest("input, textarea, select, [contenteditable], [role=dialog]") !== null
  );
}

export function Keyboard() {
  const router = useRouter();
  const [help, setHelp] = useState(false);
  useEffect(() => {
    let goSince = 0;
    const act = (event: KeyboardEvent): boolean => {
      if (event.key === "/") {
        document.getElementById("search")?.focus();
        return true;
      }
      if (event.key === "?") {
        setHelp(true);
        return true;
      }
      if (event.key === "f" && event.timeStamp - goSince < CHORD_MS) {
        router.push(paths.fleet());
        return true;
      }
      goSince = event.key === "g" ? event.timeStamp : 0;
      return false;
    };
    const listen = (event: KeyboardEvent) => {
      if (isPlainKey(event) && act(event)) event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [router]);
  return <KeyboardHelp open={help} onOpenChange={setHelp} />;
}

function KeyboardHelp({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useWords();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("keys.title")}>
      <dl className="dl">
        <dt>
          <kbd>/</kbd>
        </dt>
        <dd>{t("keys.search")}</dd>
        <dt>
          <kbd>g</kbd> {t("keys.then")} <kbd>f</kbd>
        </dt>
        <dd>{t("keys.fleet")}</dd>
        <dt>
          <kbd>j</kbd> <kbd>k</kbd>
        </dt>
        <dd>{t("keys.move")}</dd>
        <dt>
          <kbd>↵</kbd>
        </dt>
        <dd>{t("keys.open")}</dd>
        <dt>
          <kbd>?</kbd>
        </dt>
        <dd>{t("keys.help")}</dd>
      </dl>
      <ShortcutSwitch />
    </Dialog>
  );
}

export function ShortcutSwitch() {
  const { t } = useWords();
  const on = useSyncExternalStore(onSwitch, shortcutsOn, () => true);
  return (
    <div>
      <label className="check">
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => {
            if (event.target.checked) localStorage.removeItem(OFF_KEY);
            else localStorage.setItem(OFF_KEY, "1");
            window.dispatchEvent(new Event(SWITCHED));
          }}
        />
        {t("keys.on")}
      </label>
      <p className="small-print">{t("keys.why")}</p>
    </div>
  );
}
