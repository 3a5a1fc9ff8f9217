"use client";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { auth } from "#app/auth.ts";
import type { Preferences } from "#app/data.ts";
import { paths } from "#app/paths.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import type { Word } from "#app/ui/words.ts";
import { useMe, useWords } from "#app/viewer.tsx";

export const CHOICES = {
  theme: ["system", "light", "dark"],
  locale: ["en", "de"],
  times: ["site", "viewer", "utc"],
} as const satisfies { [K in keyof Preferences]?: readonly Preferences[K][] };

const LANGUAGE = { en: "English", de: "Deutsch" } as const;

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return [words.at(0), words.length > 1 ? words.at(-1) : undefined]
    .map((one) => [...(one ?? "")][0] ?? "")
    .join("");
}

export function UserMenu() {
  const me = useMe();
  const { t } = useWords();
  const router = useRouter();
  const signOut = useMutation({
    mutationFn: () => auth.signOut(),
    onSuccess: () => {
      router.push(paths.signIn());
      router.refresh();
    },
  });
  return (
    <details className="menu" name="user-menu">
      <summary className="avatar" aria-label={t("menu.open", { name: me.name })}>
        <span aria-hidden>{initials(me.name)}</span>
      </summary>
      <div className="sheet">
        <p className="who">
          <b>
            <bdi>{me.name}</bdi>
          </b>
          <bdi>{me.email}</bdi>
        </p>
        <PreferenceSwitch name="theme" />
        <PreferenceSwitch name="locale" />
        <PreferenceSwitch name="times" />
        <p className="row-wrap">
          <Link className="btn small" href={paths.settings}>
            {t("menu.settings")}
          </Link>
          <Button look="small" busy={signOut.isPending} onClick={() => signOut.mutate()}>
            {t("menu.signOut")}
          </Button>
        </p>
      </div>
    </details>
  );
}

/** One preference as a row of buttons; it is stored at once and the page is rendered again with it. */
export function PreferenceSwitch({ name }: { name: keyof typeof CHOICES }) {
  const { preferences } = useMe();
  const { t } = useWords();
  const router = useRouter();
  const trpc = useTRPC();
  const set = useMutation(trpc.session.setPreferences.mutationOptions({ onSuccess: () => router.refresh() }));
  const chosen = preferences[name];
  return (
    <div className="pref">
      <span id={`pref-${name}`}>{t(`menu.${name}`)}</span>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex row of buttons in every browser */}
      <div className="seg" role="group" aria-labelledby={`pref-${name}`}>
        {CHOICES[name].map((choice) => (
          <button
            key={choice}
            type="button"
            aria-pressed={chosen === choice}
            onClick={() => set.mutate({ [name]: choice })}
          >
            {name === "locale" ? LANGUAGE[choice as "en" | "de"] : t(`${name}.${choice}` as Word)}
          </button>
        ))}
      </div>
    </div>
  );
}
