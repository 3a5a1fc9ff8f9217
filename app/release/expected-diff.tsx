"use client";
import { useSay } from "#app/ui/say.ts";
import { Breakable } from "#app/ui/store-path.tsx";
import { useWords } from "#app/viewer.tsx";
import type { ExpectedChange } from "#core/release/diff.ts";

const OPEN_UP_TO = 12;

/** What is expected of a scanner on either side, item by item: before on the left, after on the right. */
export function ExpectedDiff({ expected }: { expected: readonly ExpectedChange[] }) {
  const { t } = useWords();
  if (expected.length === 0) return null;
  return (
    <details className="fold" open={expected.length <= OPEN_UP_TO}>
      <summary>{t("release.expected", { n: expected.length })}</summary>
      <table className="tbl flush stack diff">
        <thead>
          <tr>
            <th scope="col">{t("release.expected.item")}</th>
            <th scope="col">{t("release.expected.from")}</th>
            <th scope="col">{t("release.expected.to")}</th>
          </tr>
        </thead>
        <tbody>
          {expected.map((change) => (
            <tr key={change.id}>
              <th scope="row" className="mono">
                <Breakable text={change.id} />
              </th>
              <td className="mono exp" data-label={t("release.expected.from")}>
                <Side item={change.from} />
              </td>
              <td className="mono act" data-label={t("release.expected.to")}>
                <b>
                  <Side item={change.to} />
                </b>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Side({ item }: { item: ExpectedChange["from"] }) {
  const { t } = useWords();
  const say = useSay();
  if (item === null) return <span className="t2">{t("release.expected.absent")}</span>;
  return (
    <>
      <bdi>{say.expected(item.expect, item.unit ?? null)}</bdi>{" "}
      <span className="t2">{say.word("class", item.class)}</span>
    </>
  );
}
