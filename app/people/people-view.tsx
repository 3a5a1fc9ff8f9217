"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { refusalOf } from "#app/refusal.ts";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { DataState, ProblemText } from "#app/ui/data-state.tsx";
import { useSay } from "#app/ui/say.ts";
import { Time } from "#app/ui/time/time.tsx";
import { useWords } from "#app/viewer.tsx";
import type { OpenInvitation } from "#server/person/view.ts";
import { InviteForm } from "./invite-form.tsx";
import { PersonRow } from "./person-row.tsx";

export function PeopleView() {
  const { t } = useWords();
  const trpc = useTRPC();
  const list = useQuery(trpc.person.list.queryOptions());
  return (
    <>
      <Header crumbs={[{ label: t("people.title") }]} />
      <main id="content" tabIndex={-1} className="page">
        <h1>{t("people.title")}</h1>
        <DataState query={list} what={t("people.what")} rows={6}>
          {({ people, invitations }) => (
            <>
              <section>
                <div className="sec">
                  <h2>{t("people.count", { n: people.length })}</h2>
                </div>
                <table className="tbl flush stack">
                  <thead>
                    <tr>
                      <th scope="col">{t("people.name")}</th>
                      <th scope="col">{t("people.roles")}</th>
                      <th scope="col">{t("people.seen")}</th>
                      <th scope="col">
                        <span className="sr">{t("audit.action")}</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {people.map((person) => (
                      <PersonRow key={person.userId} person={person} />
                    ))}
                  </tbody>
                </table>
              </section>
              {invitations.length > 0 && <Invitations invitations={invitations} />}
            </>
          )}
        </DataState>
        <InviteForm />
      </main>
    </>
  );
}

function Invitations({ invitations }: { invitations: readonly OpenInvitation[] }) {
  const { t } = useWords();
  const say = useSay();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revoke = useMutation(
    trpc.person.revokeInvitation.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.person.list.queryFilter()),
    }),
  );
  return (
    <section>
      <div className="sec">
        <h2>{t("people.invitations", { n: invitations.length })}</h2>
      </div>
      {revoke.error !== null && <ProblemText problem={refusalOf(revoke.error)} />}
      <ul className="rows">
        {invitations.map(({ id, email, role, scopeName, expiresAtMs }) => (
          <li key={id}>
            <bdi>{email}</bdi>
            <span className="t2">
              {say.word("role", role)}, <bdi>{scopeName}</bdi>
            </span>
            <span className="t3">
              <Time ms={expiresAtMs} />
            </span>
            <span className="end">
              <Button
                look="small"
                busy={revoke.isPending}
                aria-label={t("people.revoke", { email })}
                onClick={() => revoke.mutate({ invitationId: id })}
              >
                {t("enrol.revoke")}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
