"use client";
import { useEffect, useRef } from "react";
import { isPlainKey } from "#app/keyboard.tsx";

export type FleetKeys = {
  move: (step: number) => void;
  tick: (range: boolean) => void;
  clear: () => void;
  exportAll: () => void;
};

const STEPS: Readonly<Record<string, number>> = { j: 1, k: -1 };

/** `j` and `k` move, `x` ticks, Shift and `x` tick a range, `e` exports, Escape takes the ticks away; Enter is the link's own. */
export function useFleetKeys(keys: FleetKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const act = ({ key }: KeyboardEvent): boolean => {
      const { move, tick, clear, exportAll } = latest.current;
      const step = STEPS[key];
      if (step !== undefined) move(step);
      else if (key === "x" || key === "X") tick(key === "X");
      else if (key === "e") exportAll();
      else if (key === "Escape") clear();
      else return false;
      return true;
    };
    const listen = (event: KeyboardEvent) => {
      if (isPlainKey(event) && act(event)) event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
