"use client";
import { StatusMark } from "#app/ui/mark.tsx";
import { useWords } from "#app/viewer.tsx";
import type { Mark } from "#core/headline/encoding.ts";
import { PROTOCOL } from "#core/protocol/envelope.ts";
import { Header } from "./header.tsx";

/** What is built in, with its licence; versions come from the server, which read them from the packages themselves. */
export type Part = { name: string; version: string; licence: string };

export function AboutView({ build, parts }: { build: string; parts: readonly Part[] }) {
  const { t } = useWords();
  return (
    <>
      <Header crumbs={[{ label: t("nav.about") }]} />
      <main id="content" tabIndex={-1} className="page">
        <div>
          <h1>{t("about.title")}</h1>
          <p className="not-alarm">{t("about.notAlarm")}</p>
          <p className="intro">{t("about.notAlarmMore")}</p>
        </div>
        <Meanings />
        <section>
          <div className="sec">
            <h2>{t("about.build")}</h2>
          </div>
          <dl className="dl">
            <dt>{t("about.version")}</dt>
            <dd className="mono">{build}</dd>
            <dt>{t("about.protocol")}</dt>
            <dd>{PROTOCOL}</dd>
          </dl>
        </section>
        <section>
          <div className="sec">
            <h2>{t("about.licence")}</h2>
          </div>
          <p className="t2">{t("about.licenceText")}</p>
          <table className="tbl flush stack parts">
            <thead>
              <tr>
                <th scope="col">{t("about.part")}</th>
                <th scope="col">{t("about.version")}</th>
                <th scope="col">{t("about.licence")}</th>
              </tr>
            </thead>
            <tbody>
              {parts.map(({ name, version, licence }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td className="mono" data-label={t("about.version")}>
                    {version}
                  </td>
                  <td data-label={t("about.licence")}>{licence}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </main>
    </>
  );
}

/** Most pressing first, as the rules are tried. */
const MARKS = [
  "unsafe",
  "tripped",
  "offline",
  "unknown",
  "degraded",
  "updating",
  "drifted",
  "behind",
  "nominal",
] as const satisfies readonly Mark[];

function Meanings() {
  const { t } = useWords();
  return (
    <section>
      <div className="sec">
        <h2>{t("meaning.title")}</h2>
      </div>
      <p className="t2">{t("meaning.intro")}</p>
      <dl className="meanings">
        {MARKS.map((mark) => (
          <div key={mark}>
            <dt>
              <StatusMark status={mark} />
            </dt>
            <dd>{t(`meaning.${mark}`)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
