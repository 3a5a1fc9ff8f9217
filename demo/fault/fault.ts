import type { Headline } from "#core/headline/axes.ts";
import type { FaultId } from "#demo/fault/fault-id.ts";
import type { HostState } from "#demo/host/host-state.ts";
import type { Picture } from "#demo/host/picture.ts";
import type { Model } from "#demo/model/model.ts";
import type { DemoRelease } from "#demo/release/release.ts";

/** When a fault began, and what the fleet has released for that model, oldest first. */
export type Begun = { sinceMs: number; releases: readonly DemoRelease[] };

/**
 * One thing that is wrong with a host (field-service.md §3.4): a change of the host, of its link or of its agent, and of nothing
 * else. Mending is leaving it out again.
 */
export type Fault = {
  id: FaultId;
  /** As an order to the one who breaks things: "Crash a safety daemon". */
  title: string;
  /** What happened, in one sentence. */
  sentence: string;
  /** What the fleet shows then (status.md, last section). `chip`: what stands beside the word. */
  headline: { word: Headline["word"]; variant: Headline["variant"]; chip: string | null };
  /** How long after it the word is shown, where that is not at once; milliseconds. */
  afterMs: number;
  /** What somebody still has to do by hand after it was mended; null: nothing. */
  afterwards: string | null;
  /** Whether the machine is started anew when this happens and when it is mended, and its agent with it. */
  reboots: boolean;
  needs: (model: Model) => boolean;
  /** Changes which closures, boot or hardware the host has. */
  move?: (state: HostState, begun: Begun) => HostState;
  /** Changes what the host shows. The picture's lists are shared: replace them, never write into them. */
  alter?: (picture: Picture, sinceMs: number) => void;
};

type Told = Pick<Fault, "title" | "sentence"> & {
  word: Headline["word"];
  variant?: Headline["variant"];
  chip?: string;
} & Partial<Pick<Fault, "afterMs" | "afterwards" | "reboots" | "needs" | "move" | "alter">>;

export function fault(id: FaultId, { word, variant, chip, ...told }: Told): Fault {
  return {
    id,
    headline: { word, variant: variant ?? null, chip: chip ?? null },
    afterMs: 0,
    afterwards: null,
    reboots: false,
    needs: () => true,
    ...told,
  };
}

export const hasSafety = ({ safety }: Model): boolean => safety !== null;

export function setUnit(picture: Picture, name: string, look: Picture["units"][string]): void {
  picture.units = { ...picture.units, [name]: { ...picture.units[name], ...look } };
}

export function setValue(picture: Picture, of: string, value: string | number | boolean): void {
  picture.values = { ...picture.values, [of]: { value, quality: "good" } };
}

/** The owner says itself that it has no value worth believing. */
export function loseValue(picture: Picture, of: string): void {
  picture.values = { ...picture.values, [of]: { value: null, quality: "bad" } };
}
