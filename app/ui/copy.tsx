"use client";
import { Check, Copy } from "lucide-react";
import { useRef, useState } from "react";
import { useWords } from "#app/viewer.tsx";

const SHOWN_MS = 2_000;

function useCopy(text: string) {
  const [state, setState] = useState<"idle" | "done" | "failed">("idle");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const copy = () => {
    const settle = (next: "done" | "failed") => {
      setState(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setState("idle"), SHOWN_MS);
    };
    navigator.clipboard.writeText(text).then(
      () => settle("done"),
      () => settle("failed"),
    );
  };
  return { state, copy };
}

const WORD_OF = { idle: "copy.do", done: "copy.done", failed: "copy.failed" } as const;

/** A small copy button; `label` says what is copied. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const { t } = useWords();
  const { state, copy } = useCopy(text);
  return (
    <button type="button" className="icon-btn" onClick={copy} aria-label={label} title={t(WORD_OF[state])}>
      {state === "done" ? <Check aria-hidden /> : <Copy aria-hidden />}
      <span className="sr" aria-live="polite">
        {state === "idle" ? "" : t(WORD_OF[state])}
      </span>
    </button>
  );
}

/** The same as a word, for what is not one value but a whole table. */
export function CopyTextButton({ text, label }: { text: string; label: string }) {
  const { t } = useWords();
  const { state, copy } = useCopy(text);
  return (
    <button type="button" className="btn bare small-bare" onClick={copy}>
      <span aria-live="polite">{state === "idle" ? label : t(WORD_OF[state])}</span>
    </button>
  );
}

/** Something to be pasted elsewhere: selectable text with its own button. */
export function CopyField({ text, label }: { text: string; label: string }) {
  const { t } = useWords();
  const { state, copy } = useCopy(text);
  return (
    <div className="copy-field">
      <code>{text}</code>
      <button type="button" className="btn small" onClick={copy} aria-description={label}>
        {state === "done" ? <Check aria-hidden /> : <Copy aria-hidden />}
        <span aria-live="polite">{t(WORD_OF[state])}</span>
      </button>
    </div>
  );
}
