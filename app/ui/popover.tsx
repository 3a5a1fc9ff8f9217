"use client";
import * as Radix from "@radix-ui/react-popover";
import type { ReactNode } from "react";

type Props = {
  /** Inside the button that opens it. */
  label: ReactNode;
  /** Name of the sheet for those who do not see where it hangs. */
  title: string;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  align?: "start" | "end";
  children: ReactNode;
};

/** A sheet that hangs from a small button. Escape and a click elsewhere close it, and the focus goes back to the button. */
export function Popover({ label, title, align = "start", children, ...state }: Props) {
  return (
    <Radix.Root {...state}>
      <Radix.Trigger className="btn small">{label}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className="popover"
          aria-label={title}
          align={align}
          sideOffset={4}
          collisionPadding={8}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
