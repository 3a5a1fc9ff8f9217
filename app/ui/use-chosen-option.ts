import { type RefObject, useEffect, useRef } from "react";

/**
 * Keeps a list of hits and its field naming the option that is chosen. cmdk notes its id while the options are still being drawn, so
 * where hits come and go it names one that is gone, and a screen reader reads nothing.
 */
export function useChosenOption(): RefObject<HTMLDivElement | null> {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const command = root.current;
    if (command === null) return;
    const observer = new MutationObserver(() => name(command));
    const attributeFilter = ["aria-selected", "aria-activedescendant"];
    observer.observe(command, { childList: true, subtree: true, attributes: true, attributeFilter });
    return () => observer.disconnect();
  }, []);
  return root;
}

function name(command: HTMLElement): void {
  const chosen = command.querySelector("[cmdk-item][aria-selected='true']")?.id ?? null;
  for (const element of command.querySelectorAll("[cmdk-input], [cmdk-list]")) {
    // Written only where it differs: writing is a change that is observed, too.
    if (element.getAttribute("aria-activedescendant") === chosen) continue;
    if (chosen === null) element.removeAttribute("aria-activedescendant");
    else element.setAttribute("aria-activedescendant", chosen);
  }
}
