"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { refusalOf } from "#app/refusal.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { DataState, ProblemText } from "#app/ui/data-state.tsx";
import { useWords } from "#app/viewer.tsx";
import type { ScannerId } from "#core/identity/identity.ts";
import { Command } from "./token-form.tsx";

/** A token for new hardware: the machine that comes with it goes on as this scanner. */
export function ReplaceForm({ scannerId }: { scannerId: ScannerId }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const query = useQuery(trpc.scanner.get.queryOptions({ scannerId }));
  const create = useMutation(
    trpc.enrolment.createToken.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.enrolment.list.pathFilter()),
    }),
  );
  return (
    <>
      <section>
        <div className="sec">
          <h2>{t("enrol.step1")}</h2>
        </div>
        <DataState query={query} what={t("scanner.what")} rows={2}>
          {({ siteId, siteName, serial }) => (
            <div className="form wide">
              <p>
                <bdi>{t("enrol.replacing", { serial })}</bdi>
              </p>
              {create.error !== null && <ProblemText problem={refusalOf(create.error)} />}
              <div>
                <Button
                  look="ink"
                  busy={create.isPending}
                  onClick={() => create.mutate({ siteId, replacesScannerId: scannerId })}
                >
                  <bdi>{t("enrol.create", { site: `${serial}, ${siteName}` })}</bdi>
                </Button>
              </div>
            </div>
          )}
        </DataState>
      </section>
      {create.data !== undefined && <Command created={create.data} />}
    </>
  );
}
