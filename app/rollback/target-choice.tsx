"use client";
import { useId } from "react";
import { useSay } from "#app/ui/say.ts";
import { useAbsolute, useWords } from "#app/viewer.tsx";
import type { RollbackTarget } from "#server/change/view.ts";
import { preselected } from "./ask.ts";

type Props = {
  targets: readonly RollbackTarget[];
  /** Null: none can be gone back to. */
  chosen: RollbackTarget | null;
  zone: string;
  onChoose: (target: RollbackTarget) => void;
};

/** One large card per generation that was confirmed here; the last one that works is chosen, the others lie below. */
export function TargetChoice({ targets, chosen, zone, onChoose }: Props) {
  const { t } = useWords();
  const name = useId();
  const first = preselected(targets);
  const rest = targets.filter((one) => one !== first);
  const card = (target: RollbackTarget) => (
    <TargetCard
      key={target.toplevel}
      {...{ target, zone, name, onChoose }}
      checked={target.toplevel === chosen?.toplevel}
      best={target === first}
    />
  );
  return (
    <fieldset className="touch-cards">
      <legend>{t("rollback.target")}</legend>
      {first !== null && card(first)}
      {rest.length > 0 && (
        <details className="fold" open={chosen !== first}>
          <summary>{t("rollback.others")}</summary>
          {rest.map(card)}
        </details>
      )}
    </fieldset>
  );
}

type CardProps = Omit<Props, "targets" | "chosen"> & {
  target: RollbackTarget;
  name: string;
  checked: boolean;
  best: boolean;
};

function TargetCard({ target, zone, name, checked, best, onChoose }: CardProps) {
  const { t } = useWords();
  const say = useSay(zone);
  const absolute = useAbsolute(zone);
  const { release, confirmedAtMs, saidBy, onDisk, running, against } = target;
  const [why] = against;
  const cannot = running || why !== undefined;
  const disk = onDisk === null ? "rollback.diskUnsaid" : onDisk ? "rollback.onDisk" : "rollback.goneFromDisk";
  return (
    <label className="touch-card" data-cannot={cannot || undefined}>
      <input type="radio" name={name} checked={checked} disabled={cannot} onChange={() => onChoose(target)} />
      <span>
        <b>
          <bdi>{release}</bdi>
        </b>
        <span className="block-text t2" suppressHydrationWarning>
          {t(best ? "rollback.lastGood" : "rollback.confirmedAt", { time: absolute(confirmedAtMs) })}{" "}
          {t(disk)} {saidBy === "server" && t("rollback.byServer")}
        </span>
        {running ? (
          <span className="block-text strong">{t("rollback.runsNow")}</span>
        ) : (
          why !== undefined && (
            <span className="block-text strong">{t("rollback.cannot", { why: say.blocked(why) })}</span>
          )
        )}
      </span>
    </label>
  );
}
