"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import * as z from "zod";
import { refusalOf } from "#app/refusal.ts";
import { rules } from "#app/setup/rules.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Field, SelectField } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import { ROLES } from "#core/access/role.ts";
import { siteIdSchema } from "#core/identity/identity.ts";
import { LinkField } from "./person-row.tsx";

const WHOLE = "organisation";
const schema = z.object({
  email: rules.email,
  role: z.enum(ROLES),
  where: z.union([z.literal(WHOLE), siteIdSchema]),
});

/** Nobody signs up: a person comes by a link that an admin hands over. */
export function InviteForm() {
  const { t } = useWords();
  const say = useSay();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const sites = useQuery(trpc.site.list.queryOptions());
  const form = useZodForm(schema, { defaultValues: { email: "", role: "viewer", where: WHOLE } });
  const invite = useMutation(
    trpc.person.invite.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.person.list.queryFilter()),
    }),
  );
  const send = form.handleSubmit(({ email, role, where }) =>
    invite.mutate({
      email,
      role,
      scope: where === WHOLE ? { kind: "organisation" } : { kind: "site", siteId: where },
    }),
  );
  return (
    <section>
      <div className="sec">
        <h2>{t("people.invite")}</h2>
      </div>
      <form className="form wide" noValidate onSubmit={send}>
        <div className="two-col">
          <Field
            label={t("signIn.email")}
            type="email"
            autoComplete="off"
            problem={form.formState.errors.email?.message}
            {...form.register("email")}
          />
          <SelectField label={t("people.role")} {...form.register("role")}>
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {say.word("role", role)}
              </option>
            ))}
          </SelectField>
          <SelectField label={t("people.scope")} {...form.register("where")}>
            <option value={WHOLE}>{t("people.scopeWhole")}</option>
            {sites.data?.map(({ siteId, name }) => (
              <option key={siteId} value={siteId}>
                {t("people.scopeSite", { name })}
              </option>
            ))}
          </SelectField>
        </div>
        {invite.error !== null && <ProblemText problem={refusalOf(invite.error)} />}
        <div>
          <Button look="ink" type="submit" busy={invite.isPending}>
            {t("people.inviteDo")}
          </Button>
        </div>
      </form>
      {invite.data !== undefined && (
        <div aria-live="polite">
          <LinkField path={invite.data.link} label={t("people.link")} />
          <p className="small-print">{t("people.linkHint", { email: invite.variables.email })}</p>
        </div>
      )}
    </section>
  );
}
