"use client";
import { Button } from "#app/ui/button.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import type { FleetSnapshot, LiveFleet } from "./live-fleet.ts";
import type { Selection } from "./selection.ts";

type Props = {
  fleet: LiveFleet;
  snapshot: FleetSnapshot;
  selection: Selection;
  onAll: () => void;
  onClear: () => void;
  onExport: () => void;
  exporting: boolean;
};

/** Along the bottom: how many there are, whether the order is still true, and what can be done with the ticked ones. */
export function FleetDock({ fleet, snapshot, selection, onAll, onClear, onExport, exporting }: Props) {
  const { t } = useWords();
  const { shortcuts } = useMe().preferences;
  const { changed, total } = snapshot;
  return (
    <div className="dock stays">
      {selection.ids.size > 0 ? (
        <BulkBar fleet={fleet} ids={[...selection.ids]} total={total} {...{ onAll, onClear, onExport }} />
      ) : (
        <span>{t("fleet.scanners", { n: total })}</span>
      )}
      <span aria-live="polite">
        {changed > 0 && (
          <Button look="bare" onClick={() => void fleet.refresh()}>
            {t("fleet.changed", { n: changed })}
          </Button>
        )}
        {exporting && t("fleet.exporting")}
      </span>
      {shortcuts && (
        <span className="keys">
          <kbd>J</kbd> <kbd>K</kbd> {t("fleet.keyMove")} <kbd>↵</kbd> {t("fleet.keyOpen")} <kbd>X</kbd>{" "}
          {t("fleet.keyTick")}
        </span>
      )}
    </div>
  );
}
