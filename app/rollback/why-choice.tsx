"use client";
import { useId } from "react";
import { TextField } from "#app/ui/field.tsx";
import { useWords } from "#app/viewer.tsx";
import { WHYS, type Why } from "./ask.ts";

type Props = {
  why: Why | null;
  words: string;
  onWhy: (why: Why) => void;
  onWords: (words: string) => void;
};

/** Big buttons, because nobody types with gloves; the last one asks for words. */
export function WhyChoice({ why, words, onWhy, onWords }: Props) {
  const { t } = useWords();
  const name = useId();
  return (
    <>
      <fieldset className="touch-whys">
        <legend>{t("rollback.why")}</legend>
        {WHYS.map((one) => (
          <label key={one} className="touch-card">
            <input type="radio" name={name} checked={why === one} onChange={() => onWhy(one)} />
            <span>{t(`rollback.why.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      {why === "other" && (
        <TextField
          label={t("rollback.whyText")}
          hint={t("form.reasonHint")}
          value={words}
          maxLength={900}
          rows={2}
          dir="auto"
          onChange={(event) => onWords(event.target.value)}
        />
      )}
    </>
  );
}
