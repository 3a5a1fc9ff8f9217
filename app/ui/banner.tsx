import type { ReactNode } from "react";

/** One line over the page. `loud` is for what the reader must know before believing the rest; it uses weight, not hue. */
export function Banner({ children, tone = "quiet" }: { children: ReactNode; tone?: "quiet" | "loud" }) {
  return (
    <div className="banner" data-tone={tone} role="status">
      {children}
    </div>
  );
}

export function Empty({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
