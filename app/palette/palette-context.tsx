"use client";
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { Palette } from "./palette.tsx";

type Opener = { open: () => void; keyText: string };
const PaletteContext = createContext<Opener>({ open: () => undefined, keyText: "Ctrl K" });

export function usePalette(): Opener {
  return useContext(PaletteContext);
}

const never = () => () => undefined;
const isApple = () => /Mac|iPhone|iPad/.test(navigator.userAgent);

/** One palette for all pages: Ctrl+K or ⌘K opens it everywhere, also while typing, because it is not a single key. */
export function PaletteProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const apple = useSyncExternalStore(never, isApple, () => false);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (
        event.key.toLowerCase() !== "k" ||
        !(event.ctrlKey || event.metaKey) ||
        event.altKey ||
        event.shiftKey
      )
        return;
      event.preventDefault();
      setOpen((was) => !was);
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
  const opener = useMemo(() => ({ open: () => setOpen(true), keyText: apple ? "⌘K" : "Ctrl K" }), [apple]);
  return (
    <PaletteContext value={opener}>
      {children}
      <Palette open={open} onOpenChange={setOpen} />
    </PaletteContext>
  );
}
