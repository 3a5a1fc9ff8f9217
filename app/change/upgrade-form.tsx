"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { v4 as uuidv4 } from "uuid";
import * as z from "zod";
import { ReasonField } from "#app/keeping/reason-field.tsx";
import { paths } from "#app/paths.ts";
import { refusalOf } from "#app/refusal.ts";
import { rules } from "#app/setup/rules.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useWords } from "#app/viewer.tsx";
import type { Preflight } from "#server/change/view.ts";

const schema = z.object({ reason: rules.reason });

/** `looking`: what is shown of them is of the wish before. */
type Props = { release: string; scanners: readonly Preflight[]; looking: boolean };

/** Pressed twice, or sent again after a lost answer, the same wish is the same changes (ACT-7); another wish is another. */
function useRequestKey(wish: string): string {
  const [made, setMade] = useState(() => ({ wish, key: uuidv4() }));
  if (made.wish === wish) return made.key;
  const next = { wish, key: uuidv4() };
  setMade(next);
  return next.key;
}

/** Only all or none: who cannot take it is left out by the reader, not silently by the page. */
export function UpgradeForm({ release, scanners, looking }: Props) {
  const { t } = useWords();
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const form = useZodForm(schema, { defaultValues: { reason: "" } });
  const requestKey = useRequestKey(JSON.stringify([release, scanners.map(({ scannerId }) => scannerId)]));
  const request = useMutation(
    trpc.change.request.mutationOptions({
      onSuccess: async ({ changes }) => {
        await queryClient.invalidateQueries();
        const [only] = changes;
        router.push(
          changes.length === 1 && only !== undefined
            ? paths.change(only.changeId)
            : paths.changes({ open: true, scannerId: null }),
        );
      },
    }),
  );
  const can = scanners.filter(({ against }) => against.length === 0);
  const why = looking
    ? t("upgrade.looking")
    : can.length === 0
      ? t("upgrade.noneCan")
      : can.length < scanners.length
        ? t("upgrade.someCannot")
        : null;
  const [first] = scanners;
  const act =
    scanners.length === 1 && first !== undefined
      ? t("upgrade.doOne", { serial: first.serial, release })
      : t("upgrade.do", { n: scanners.length, release });
  const send = form.handleSubmit(({ reason }) =>
    request.mutate({
      scannerIds: scanners.map(({ scannerId }) => scannerId),
      action: "activate",
      release,
      reason,
      requestKey,
    }),
  );
  return (
    <form className="form wide" noValidate onSubmit={send}>
      <ReasonField problem={form.formState.errors.reason?.message} {...form.register("reason")} />
      {request.error !== null && <ProblemText problem={refusalOf(request.error)} />}
      <div>
        <Button look="ink" type="submit" busy={request.isPending || request.isSuccess} disabledReason={why}>
          <bdi>{act}</bdi>
        </Button>
      </div>
    </form>
  );
}
