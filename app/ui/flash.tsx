"use client";
import { type ReactNode, useState } from "react";

/** A changed value flashes once; a value that is shown for the first time does not. `of` decides what counts as a change. */
export function Flash({ of, children }: { of: string | number | null; children: ReactNode }) {
  const [seen, setSeen] = useState({ of, changes: 0 });
  if (seen.of !== of) setSeen({ of, changes: seen.changes + 1 });
  return (
    <span key={seen.changes} className={seen.changes === 0 ? undefined : "flash"}>
      {children}
    </span>
  );
}
