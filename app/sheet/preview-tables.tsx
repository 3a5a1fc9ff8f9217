"use client";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import type { SheetPreview } from "#server/sheet/view.ts";

/** What is wrong comes first: it decides whether anything is written at all. */
export function PreviewTables({ preview }: { preview: SheetPreview }) {
  const { t } = useWords();
  const { changed, unchanged, unknownColumns, problems, changes } = preview;
  return (
    <>
      <p>{t("sheet.would", { changed, unchanged })}</p>
      {unknownColumns.length > 0 && (
        <p className="t2">
          <bdi>{t("sheet.unknownColumns", { names: unknownColumns.join(", ") })}</bdi>
        </p>
      )}
      {problems.length > 0 && <Problems preview={preview} />}
      {changes.length > 0 && <Changes preview={preview} />}
    </>
  );
}

function Problems({ preview: { problems, wrong } }: { preview: SheetPreview }) {
  const { t } = useWords();
  const say = useSay();
  return (
    <>
      <div className="sec">
        <h2>{t("sheet.wrong", { n: wrong })}</h2>
      </div>
      <table className="tbl flush stack">
        <thead>
          <tr>
            <th scope="col" className="num">
              {t("sheet.line")}
            </th>
            <th scope="col">{t("sheet.column")}</th>
            <th scope="col">{t("sheet.problem")}</th>
          </tr>
        </thead>
        <tbody>
          {problems.map(({ line, column, reason }) => (
            <tr key={`${line} ${column} ${reason.code}`}>
              <th scope="row" className="num">
                {line}
              </th>
              <td data-label={t("sheet.column")} className="mono">
                {column}
              </td>
              <td data-label={t("sheet.problem")}>
                <bdi>{say.sheet(reason)}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Changes({ preview: { changes, changed } }: { preview: SheetPreview }) {
  const { t } = useWords();
  const none = <span className="t3">{t("sheet.noValue")}</span>;
  return (
    <>
      <table className="tbl flush stack">
        <thead>
          <tr>
            <th scope="col" className="num">
              {t("sheet.line")}
            </th>
            <th scope="col">{t("sheet.about")}</th>
            <th scope="col">{t("sheet.column")}</th>
            <th scope="col">{t("sheet.was")}</th>
            <th scope="col">{t("sheet.becomes")}</th>
          </tr>
        </thead>
        <tbody>
          {changes.flatMap(({ line, about, isNew, fields }) =>
            fields.map(({ field, from, to }) => (
              <tr key={`${line} ${field}`}>
                <td className="num">{line}</td>
                <th scope="row">
                  <bdi>{about}</bdi> {isNew && <span className="t3">{t("sheet.new")}</span>}
                </th>
                <td data-label={t("sheet.column")} className="mono">
                  {field}
                </td>
                <td data-label={t("sheet.was")}>{from === null ? none : <bdi>{from}</bdi>}</td>
                <td data-label={t("sheet.becomes")}>{to === null ? none : <bdi>{to}</bdi>}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
      {changed > changes.length && <p className="t2">{t("sheet.first", { n: changes.length })}</p>}
    </>
  );
}
