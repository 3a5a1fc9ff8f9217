"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import * as z from "zod";
import { auth } from "#app/auth.ts";
import { unwrap } from "#app/auth-problem.ts";
import { rules } from "#app/setup/rules.ts";
import { AuthProblemText } from "#app/sign-in/auth-problem-text.tsx";
import { Button } from "#app/ui/button.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { Field } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useAbsolute, useWords } from "#app/viewer.tsx";

const KEY = ["passkeys"] as const;
const schema = z.object({ name: rules.label });

export function Passkeys() {
  const { t } = useWords();
  const absolute = useAbsolute();
  const queryClient = useQueryClient();
  const list = useQuery({
    queryKey: KEY,
    queryFn: async () =>
      unwrap(await auth.$fetch<Passkey[]>("/passkey/list-user-passkeys", { method: "GET" })),
  });
  const changed = () => queryClient.invalidateQueries({ queryKey: KEY });
  const form = useZodForm(schema, { defaultValues: { name: "" } });
  const add = useMutation({
    mutationFn: async ({ name }: { name: string }) => unwrap(await auth.passkey.addPasskey({ name })),
    onSuccess: () => {
      form.reset();
      return changed();
    },
  });
  const remove = useMutation({
    mutationFn: async (id: string) => unwrap(await auth.passkey.deletePasskey({ id })),
    onSuccess: changed,
  });
  return (
    <section>
      <div className="sec">
        <h2>{t("passkey.title")}</h2>
      </div>
      <p className="t2">{t("passkey.body")}</p>
      <DataState query={list} what={t("passkey.title")} rows={1}>
        {(keys) =>
          keys.length === 0 ? (
            <p className="t3">{t("passkey.none")}</p>
          ) : (
            <ul className="rows">
              {keys.map(({ id, name, createdAt }) => (
                <li key={id}>
                  <bdi>{name ?? t("passkey.unnamed")}</bdi>
                  <span className="t3">
                    {t("passkey.added", { time: absolute(new Date(createdAt).getTime()) })}
                  </span>
                  <span className="end">
                    <Button look="small" busy={remove.isPending} onClick={() => remove.mutate(id)}>
                      {t("passkey.remove", { name: name ?? t("passkey.unnamed") })}
                    </Button>
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </DataState>
      <form className="form" noValidate onSubmit={form.handleSubmit((values) => add.mutate(values))}>
        <Field
          label={t("passkey.name")}
          problem={form.formState.errors.name?.message}
          {...form.register("name")}
        />
        <AuthProblemText error={add.error ?? remove.error} />
        <div>
          <Button type="submit" busy={add.isPending}>
            {t("passkey.add")}
          </Button>
        </div>
      </form>
    </section>
  );
}

type Passkey = { id: string; name?: string; createdAt: string };
