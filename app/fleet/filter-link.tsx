"use client";
import type { ComponentPropsWithRef, MouseEvent } from "react";

/** Goes to another query of the fleet without asking for the page anew; the address changes, and Back undoes it. */
export function goToQuery(href: string): void {
  window.history.pushState(null, "", href);
}

/** A link like any other for a new tab, and an instant change of the filter for a plain click. */
export function FilterLink({ href, ...props }: ComponentPropsWithRef<"a"> & { href: string }) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goToQuery(href);
  };
  return <a href={href} {...props} onClick={follow} />;
}
