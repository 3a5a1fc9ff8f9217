"use client";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useDone } from "#app/keeping/use-act.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ReasonDialog } from "#app/ui/reason-dialog.tsx";
import { useAbsolute, useMe, useWords } from "#app/viewer.tsx";
import type { ChangeView, PardonView } from "#server/change/view.ts";

/** What stands on the scanner since this change failed, and what people may do about it: one releases, two lift (ACT-5, ACT-6). */
export function Pardons({ change }: { change: ChangeView }) {
  const { pardons } = change;
  if (pardons === null) return null;
  return (
    <>
      {pardons.held !== null && <HeldNotice change={change} view={pardons.held} />}
      {pardons.blocked !== null && <BlockedNotice change={change} view={pardons.blocked} />}
    </>
  );
}

type Of = { change: ChangeView; view: PardonView };

function HeldNotice({ change, view }: Of) {
  const { t } = useWords();
  const trpc = useTRPC();
  const { may } = useMe();
  const absolute = useAbsolute(change.timeZone);
  const [open, setOpen] = useState(false);
  const send = useMutation(trpc.change.releaseHold.mutationOptions(useDone(() => setOpen(false))));
  const act = t("pardon.release", { serial: change.serial });
  const title = t("pardon.held", { serial: change.serial, time: absolute(view.sinceMs) });
  return (
    <Notice title={title} body={t("pardon.heldBody")} view={view} timeZone={change.timeZone}>
      {may["change.releaseHold"] && (
        <Act
          act={act}
          body={t("pardon.releaseBody")}
          allowed={view.mayRelease}
          {...{ open, setOpen, send, change }}
        />
      )}
      {!may["change.releaseHold"] && <p className="t2">{t("pardon.who")}</p>}
    </Notice>
  );
}

function BlockedNotice({ change, view }: Of) {
  const { t } = useWords();
  const trpc = useTRPC();
  const { may } = useMe();
  const absolute = useAbsolute(change.timeZone);
  const [open, setOpen] = useState(false);
  const done = useDone(() => setOpen(false));
  const ask = useMutation(trpc.change.askLift.mutationOptions(done));
  const confirm = useMutation(trpc.change.confirmLift.mutationOptions(done));
  const second = view.state === "asked";
  const names = { release: change.release.name, serial: change.serial };
  return (
    <Notice
      title={t("pardon.blocked", { ...names, time: absolute(view.sinceMs) })}
      body={t("pardon.blockedBody")}
      view={view}
      timeZone={change.timeZone}
    >
      {may["change.askLift"] && (
        <Act
          act={t(second ? "pardon.confirm" : "pardon.ask", names)}
          body={t(second ? "pardon.confirmBody" : "pardon.askBody")}
          allowed={second ? view.mayConfirm : view.mayAsk}
          send={second ? confirm : ask}
          {...{ open, setOpen, change }}
        />
      )}
      {!may["change.askLift"] && <p className="t2">{t("pardon.whoTwo")}</p>}
    </Notice>
  );
}

type NoticeProps = {
  title: string;
  body: string;
  view: PardonView;
  timeZone: string;
  children: ReactNode;
};

/** Since when, why, who decided what; then the act. */
function Notice({ title, body, view, timeZone, children }: NoticeProps) {
  const { t } = useWords();
  const absolute = useAbsolute(timeZone);
  const { state, people, untilMs } = view;
  return (
    <section className="notice" aria-label={title}>
      <p suppressHydrationWarning>
        <b>
          <bdi>{title}</bdi>
        </b>{" "}
        {body}
      </p>
      {people.length > 0 && (
        <ul>
          {people.map(({ by, atMs, why }) => (
            <li key={atMs} suppressHydrationWarning>
              <bdi>{t("pardon.by", { who: by ?? t("change.somebody"), time: absolute(atMs), why })}</bdi>
            </li>
          ))}
        </ul>
      )}
      {state !== "none" && (
        <p className="t2" suppressHydrationWarning>
          {t(`pardon.state.${state}`, { time: untilMs === null ? "" : absolute(untilMs) })}
        </p>
      )}
      {children}
    </section>
  );
}

type ActProps = {
  act: string;
  body: string;
  allowed: boolean;
  open: boolean;
  setOpen: (open: boolean) => void;
  send: {
    mutate: (ask: { changeId: string; reason: string }) => void;
    error: unknown;
    isPending: boolean;
  };
  change: ChangeView;
};

function Act({ act, body, allowed, open, setOpen, send, change }: ActProps) {
  const { t } = useWords();
  return (
    <div>
      <Button disabledReason={allowed ? null : t("pardon.notNow")} onClick={() => setOpen(true)}>
        <bdi>{act}</bdi>
      </Button>
      <ReasonDialog
        {...{ open, act, body }}
        onOpenChange={setOpen}
        title={act}
        problem={send.error}
        busy={send.isPending}
        onReason={(reason) => send.mutate({ changeId: change.changeId, reason })}
      />
    </div>
  );
}
