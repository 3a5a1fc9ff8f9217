"use client";
import { CopyButton } from "#app/ui/copy.tsx";
import { useWords } from "#app/viewer.tsx";
import type { Signed } from "#server/release/view.ts";

/** One key decides: a solo shop is told so plainly, wherever it reads who signed (SIG-8). */
function isSolo({ keys, threshold }: Signed): boolean {
  return keys === 1 && threshold === 1;
}

export function SignedShort({ signed }: { signed: Signed }) {
  const { t } = useWords();
  const { by, keys, threshold } = signed;
  if (isSolo(signed)) return <span>{t("signed.one")}</span>;
  return <span>{t("signed.of", { n: by.length, keys, threshold })}</span>;
}

const SHOWN_KEY = 12;

/** Each key that signed, with the name its owner gave it, and how many had to. */
export function SignedBy({ signed }: { signed: Signed }) {
  const { t } = useWords();
  const { by, keys, threshold } = signed;
  return (
    <section>
      <div className="sec">
        <h2>{t("release.who")}</h2>
        <span className="r">
          <SignedShort signed={signed} />
        </span>
      </div>
      <ul className="signers">
        {by.map(({ keyId, name }) => (
          <li key={keyId}>
            {name === null ? (
              <span className="t2">{t("signed.noName")}</span>
            ) : (
              <bdi className="strong">{name}</bdi>
            )}{" "}
            <span className="mono t3" title={keyId}>
              {keyId.slice(0, SHOWN_KEY)}…
            </span>
            <CopyButton text={keyId} label={t("copy.path", { name: name ?? keyId.slice(0, SHOWN_KEY) })} />
          </li>
        ))}
      </ul>
      <p className="t2">
        {isSolo(signed) ? t("signed.oneBody") : t("signed.ofBody", { n: by.length, keys, threshold })}
      </p>
    </section>
  );
}
