import type { ReactNode } from "react";

/** One line over the page. `loud` is for what the reader must know before believing the rest; it uses weight, not hue. */
export function Banner({ children, tone = "quiet" }: { children: ReactNode; tone?: "quiet" | "loud" }) {
  return (
    <div className="banner" data-tone={tone} role="status">
      {children}
    </div>
  );
}

type EmptyProps = {
  title: ReactNode;
  children?: ReactNode /** True where it is all there is on the page. */;
  whole?: boolean;
};

export function Empty({ title, children, whole = false }: EmptyProps) {
  const Heading = whole ? "h1" : "h2";
  return (
    <div className="empty">
      <Heading>{title}</Heading>
      {children}
    </div>
  );
}
