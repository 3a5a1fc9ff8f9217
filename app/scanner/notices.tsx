"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { OctagonX } from "lucide-react";
import Link from "next/link";
import * as z from "zod";
import { paths } from "#app/paths.ts";
import { refusalOf } from "#app/refusal.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { SelectField, TextField } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import type { ScannerPage } from "#server/scanner/view.ts";

/** What must be known before the rest of the page is believed. */
export function Notices({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const { host, identity, baseline } = scanner;
  const os = host?.state === "observed" && host.value.os !== "nixos" ? host.value.osName : null;
  return (
    <>
      {identity === "locked-out" && <LockedOut scanner={scanner} />}
      {identity === "pending" && (
        <p className="notice">
          <b>{t("pending.title")}</b> {t("pending.body")}{" "}
          <Link className="link inline-link" href={paths.enrol}>
            {t("nav.enrol")}
          </Link>
        </p>
      )}
      {baseline === null && identity === "approved" && (
        <div className="notice">
          <p>
            <b>{t("baseline.none")}</b> {t("baseline.noneBody")}
          </p>
          {scanner.may.adopt && (
            <Link className="btn ink" href={paths.adopt(scanner.scannerId)}>
              {t("baseline.adopt", { serial: scanner.serial })}
            </Link>
          )}
        </div>
      )}
      {os !== null && (
        <p className="notice">
          <b>{t("notNixos.title", { os })}</b> {t("notNixos.body")}
        </p>
      )}
    </>
  );
}

const reasonSchema = z.object({
  reason: z.string().trim().min(1, "form.missing").max(500, "form.tooLong|max=500"),
  hardware: z.enum(["keep", "accept"]),
});

function LockedOut({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const say = useSay(scanner.timeZone);
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const form = useZodForm(reasonSchema, { defaultValues: { reason: "", hardware: "keep" } });
  const release = useMutation(
    trpc.enrolment.release.mutationOptions({ onSuccess: () => queryClient.invalidateQueries() }),
  );
  const { scannerId, serial, identityReason, otherHardware, may } = scanner;
  const send = form.handleSubmit(({ reason, hardware }) =>
    release.mutate({
      scannerId,
      reason,
      ...(hardware === "accept" && otherHardware !== null ? { acceptHardware: otherHardware } : {}),
    }),
  );
  return (
    <div className="notice loud" role="alert">
      <p>
        <OctagonX aria-hidden /> <b>{t("lockout.title")}</b> {t("lockout.body")}
      </p>
      {identityReason !== null && <p className="t2">{say.conflict({ code: identityReason })}</p>}
      {may.release && (
        <form className="form" onSubmit={send}>
          {otherHardware !== null && (
            <SelectField
              label={t("keep.whichHardware")}
              hint={t("keep.otherHardware", { fingerprint: `${otherHardware.slice(0, 16)}…` })}
              {...form.register("hardware")}
            >
              <option value="keep">{t("keep.keepHardware")}</option>
              <option value="accept">{t("keep.acceptHardware")}</option>
            </SelectField>
          )}
          <TextField
            label={t("form.reason")}
            hint={t("lockout.releaseHint")}
            problem={form.formState.errors.reason?.message}
            {...form.register("reason")}
          />
          {release.error !== null && <ProblemText problem={refusalOf(release.error)} />}
          <div>
            <Button look="ink" type="submit" busy={release.isPending}>
              {t("lockout.release", { serial })}
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}
