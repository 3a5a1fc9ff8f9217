"use client";
import { useSyncExternalStore } from "react";
import { Empty } from "#app/ui/banner.tsx";
import { CopyField } from "#app/ui/copy.tsx";
import { useWords } from "#app/viewer.tsx";

const never = () => () => undefined;

/** Nothing on this server can make a release (SIG-1): what does is said as commands for the reader's own computer. They are those of docs/solo.md. */
export function FirstRelease() {
  const { t } = useWords();
  // Where releases are published is where the reader reached this portal; the server that draws the page does not know it.
  const origin = useSyncExternalStore(
    never,
    () => window.location.origin,
    () => "…",
  );
  const station = "~/release";
  const init = `fiducial init ${station} --solo --for model:MODEL --online-keys online-keys.json --publish-to ${origin}`;
  const steps = [
    { word: "releases.step1", command: init },
    {
      word: "releases.step2",
      command: `cp ${station}/repository/first-root/*.root.json .data/repository/first-root/`,
    },
    { word: "releases.step3", command: `fiducial ship . --folder ${station}` },
  ] as const;
  return (
    <Empty whole title={t("releases.empty")}>
      <p>{t("releases.emptyBody")}</p>
      <ol className="first-steps">
        {steps.map(({ word, command }, place) => (
          <li key={word}>
            <p>
              {place + 1}. {t(word)}
            </p>
            <CopyField text={command} label={t("releases.command", { n: place + 1 })} />
          </li>
        ))}
      </ol>
    </Empty>
  );
}
