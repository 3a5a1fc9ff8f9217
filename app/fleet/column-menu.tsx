"use client";
import { useMutation } from "@tanstack/react-query";
import { Columns3 } from "lucide-react";
import { useRouter } from "next/navigation";
import type { Preferences } from "#app/data.ts";
import { refusalOf } from "#app/refusal.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Popover } from "#app/ui/popover.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import { chosenColumns, FIXED_COLUMNS, FLEET_COLUMNS, withColumn } from "#core/fleet/columns.ts";
import { LOOKS } from "./table-columns.ts";

const DENSITIES = ["compact", "comfortable"] as const;

/** Which columns, and how tall the rows; kept with the person, on every device. */
export function ColumnMenu() {
  const { t } = useWords();
  const router = useRouter();
  const trpc = useTRPC();
  const { fleetColumns, density } = useMe().preferences;
  const set = useMutation(trpc.session.setPreferences.mutationOptions({ onSuccess: () => router.refresh() }));
  const shown = { ...{ fleetColumns, density }, ...(set.isPending ? set.variables : {}) } as Preferences;
  const chosen = chosenColumns(shown.fleetColumns);
  return (
    <span className="only-table">
      <Popover
        align="end"
        label={
          <>
            <Columns3 aria-hidden />
            {t("fleet.columns")}
          </>
        }
        title={t("fleet.columns")}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex row of buttons in every browser */}
        <div className="seg" role="group" aria-label={t("fleet.density")}>
          {DENSITIES.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={shown.density === one}
              onClick={() => set.mutate({ density: one })}
            >
              {t(`density.${one}`)}
            </button>
          ))}
        </div>
        <ul className="menu-list">
          {FLEET_COLUMNS.filter((column) => !FIXED_COLUMNS.includes(column)).map((column) => (
            <li key={column}>
              <label className="check">
                <input
                  type="checkbox"
                  checked={chosen.includes(column)}
                  onChange={(event) =>
                    set.mutate({ fleetColumns: [...withColumn(chosen, column, event.target.checked)] })
                  }
                />
                {t(LOOKS[column].word)}
              </label>
            </li>
          ))}
        </ul>
        {shown.fleetColumns !== null && (
          <Button look="bare" onClick={() => set.mutate({ fleetColumns: null })}>
            {t("fleet.columnsUsual")}
          </Button>
        )}
        {set.error !== null && <ProblemText problem={refusalOf(set.error)} />}
      </Popover>
    </span>
  );
}
