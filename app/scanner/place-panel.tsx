"use client";
import { useSay } from "#app/ui/say.ts";
import { Time } from "#app/ui/time/time.tsx";
import { useAbsolute, useWords } from "#app/viewer.tsx";
import type { ScannerPage } from "#server/scanner/view.ts";
import { Panel } from "./panel.tsx";

/** Where it stands, under which words it is filed, and who took it out of service. */
export function PlacePanel({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const say = useSay(scanner.timeZone);
  const absolute = useAbsolute(scanner.timeZone);
  const { siteName, regionName, room, tags, service, serviceMark, timeZone } = scanner;
  return (
    <Panel id="place" title={t("place.title")}>
      <dl className="dl">
        <dt>{t("place.site")}</dt>
        <dd>
          <bdi>
            {siteName}, {regionName}
          </bdi>
        </dd>
        <dt>{t("place.room")}</dt>
        <dd>{room === null ? <span className="t3">{t("place.noRoom")}</span> : <bdi>{room}</bdi>}</dd>
        <dt>{t("place.tags")}</dt>
        <dd>
          {tags.length === 0 ? (
            <span className="t3">{t("place.noTags")}</span>
          ) : (
            <ul className="tags">
              {tags.map((tag) => (
                <li className="chip" key={tag}>
                  <bdi>{tag}</bdi>
                </li>
              ))}
            </ul>
          )}
        </dd>
        <dt>{say.word("axis", "service")}</dt>
        <dd>
          {say.word("service", service)}
          {serviceMark?.untilMs != null && `, ${t("axis.until", { time: absolute(serviceMark.untilMs) })}`}
          {serviceMark?.sinceMs != null && (
            <>
              , <Time ms={serviceMark.sinceMs} zone={timeZone} />
            </>
          )}
          {serviceMark?.by != null && <bdi className="t3"> {t("place.by", { who: serviceMark.by })}</bdi>}
          {serviceMark?.reason != null && <bdi className="block-text">“{serviceMark.reason}”</bdi>}
        </dd>
      </dl>
    </Panel>
  );
}
