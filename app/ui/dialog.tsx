"use client";
import * as Radix from "@radix-ui/react-dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useWords } from "#app/viewer.tsx";

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** Beside its own, for a dialog that looks otherwise. */
  className?: string;
  children: ReactNode;
};

/** Focus goes to the first field, never to the act; Escape and the cross cancel. */
export function Dialog({ open, onOpenChange, title, className, children }: Props) {
  const { t } = useWords();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        {/* Not Radix.Overlay: that one injects a style element, which the content security policy rightly refuses. */}
        <div className="dialog-overlay" />
        <Radix.Content
          className={className === undefined ? "dialog" : `dialog ${className}`}
          aria-describedby={undefined}
        >
          <Radix.Title asChild>
            <h2>{title}</h2>
          </Radix.Title>
          {children}
          <Radix.Close className="icon-btn close" aria-label={t("dialog.close")}>
            <X aria-hidden />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
