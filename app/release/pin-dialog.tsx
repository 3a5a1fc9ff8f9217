"use client";
import { useMutation } from "@tanstack/react-query";
import { useDone } from "#app/keeping/use-act.ts";
import { useTRPC } from "#app/trpc.tsx";
import { ReasonDialog } from "#app/ui/reason-dialog.tsx";
import { useWords } from "#app/viewer.tsx";
import { scannerIdSchema } from "#core/identity/identity.ts";

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  name: string;
  /** Serials by scanner id. */
  chosen: ReadonlyMap<string, string>;
  done: () => void;
};

/** Pinning moves what scanners are compared with and starts nothing; the dialog says so before anybody confirms it. */
export function PinDialog({ open, onOpenChange, name, chosen, done }: Props) {
  const { t } = useWords();
  const trpc = useTRPC();
  const pin = useMutation(
    trpc.release.pin.mutationOptions(
      useDone(() => {
        onOpenChange(false);
        done();
      }),
    ),
  );
  const [only] = chosen.values();
  const one = chosen.size === 1 && only !== undefined;
  return (
    <ReasonDialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("pin.title", { name, n: chosen.size })}
      body={t("pin.body")}
      act={one ? t("pin.doOne", { name, serial: only }) : t("pin.do", { name, n: chosen.size })}
      problem={pin.error}
      busy={pin.isPending}
      onReason={(reason) =>
        pin.mutate({
          scannerIds: [...chosen.keys()].map((id) => scannerIdSchema.parse(id)),
          release: name,
          reason,
        })
      }
    />
  );
}
