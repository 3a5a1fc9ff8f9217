"use client";
import { Command } from "cmdk";
import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useCallback, useState } from "react";
import { Dialog } from "#app/ui/dialog.tsx";
import { useChosenOption } from "#app/ui/use-chosen-option.ts";
import { useWords } from "#app/viewer.tsx";
import { PaletteList } from "./palette-list.tsx";

const MAX_TEXT = 200;

/** §4.8: scanners, sites, views, pages, actions and questions behind one field; the list is read out by the option in focus. */
export function Palette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useWords();
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      className="palette"
      title={<span className="sr">{t("palette.title")}</span>}
    >
      <PaletteField close={() => onOpenChange(false)} />
    </Dialog>
  );
}

/** Inside the dialog, so that it begins empty each time. */
function PaletteField({ close }: { close: () => void }) {
  const { t } = useWords();
  const router = useRouter();
  const [text, setText] = useState("");
  const root = useChosenOption();
  // The key the list itself understands as "first".
  const chooseFirst = useCallback(
    () => root.current?.dispatchEvent(new KeyboardEvent("keydown", { key: "Home", bubbles: true })),
    [root],
  );
  const go = (href: string) => {
    close();
    router.push(href);
  };
  return (
    <Command shouldFilter={false} ref={root} label={t("palette.title")} loop>
      <div className="ask-input">
        <Search aria-hidden />
        <Command.Input
          value={text}
          maxLength={MAX_TEXT}
          placeholder={t("palette.placeholder")}
          onValueChange={setText}
        />
      </div>
      <PaletteList text={text.trim()} go={go} chooseFirst={chooseFirst} />
    </Command>
  );
}
