"use client";
import type { ComponentPropsWithRef, ReactNode } from "react";
import { useId } from "react";
import { useConnected } from "#app/realtime.tsx";
import { useWords } from "#app/viewer.tsx";

type Look = "ink" | "line" | "small" | "bare";
type Props = Omit<ComponentPropsWithRef<"button">, "disabled" | "className"> & {
  look?: Look;
  /** Why it cannot be pressed now; shown beside it and read with it. Null: it can. */
  disabledReason?: string | null;
  busy?: boolean;
  /** True where pressing it is the way back to a live page: signing in again. */
  evenWhenLost?: boolean;
  icon?: ReactNode;
};

const LOOKS = { ink: "btn ink", line: "btn", small: "btn small", bare: "btn bare" } as const satisfies Record<
  Look,
  string
>;

/**
 * A button is never silently dead: it stays focusable, and what stops it is printed below it (2.1.1, ui.md "Parts").
 * `ink` is for what changes something on the server, so it also waits for the connection.
 */
export function Button(props: Props) {
  const { look = "line", disabledReason = null, busy = false, evenWhenLost = false, ...others } = props;
  const { icon, children, onClick, ...rest } = others;
  const { t } = useWords();
  const connected = useConnected();
  const whyId = useId();
  const waits = look === "ink" && !evenWhenLost && !connected;
  const why = disabledReason ?? (waits ? t("live.barWhy") : null);
  const blocked = why !== null || busy;
  return (
    <>
      <button
        type="button"
        {...rest}
        className={LOOKS[look]}
        aria-disabled={blocked || undefined}
        aria-busy={busy || undefined}
        aria-describedby={why === null ? rest["aria-describedby"] : whyId}
        onClick={(event) => {
          if (blocked) event.preventDefault();
          else onClick?.(event);
        }}
      >
        {icon}
        {children}
      </button>
      {why !== null && (
        <p className="why" id={whyId}>
          {why}
        </p>
      )}
    </>
  );
}
