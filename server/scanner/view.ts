import type { Compared } from "#core/finding/finding.ts";
import type {
  Currency,
  FunctionAxis,
  Headline,
  HeadlineWord,
  Link,
  Safety,
  Service,
  Software,
} from "#core/headline/axes.ts";
import type { OpenFinding } from "#core/headline/situation.ts";
import type { RegionId, ReleaseId, ScannerId, SiteId } from "#core/identity/identity.ts";
import type { Item, ItemClass } from "#core/manifest/item.ts";
import type { Fact, Reason } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

/** What the fleet table and the scanner's page read. Types only: pages import nothing else from the server. Times are milliseconds since the epoch. */

export type Identity = "pending" | "approved" | "refused" | "locked-out" | "retired";

/** Place of a message in a scanner's own order: by boot, then agent start, then number, never by time. */
export type Sequence = { bootCounter: number; startCounter: number; seq: number };

type FleetAxes = {
  link: Link;
  safety: Safety;
  function: FunctionAxis;
  software: Software;
  currency: Currency;
};

export type FleetRow = {
  scannerId: ScannerId;
  serial: string;
  alias: string | null;
  model: string | null;
  siteId: SiteId;
  siteName: string;
  timeZone: string;
  headline: Headline;
  headlineSinceMs: number;
  axes: FleetAxes;
  running: { toplevel: string | null; releaseName: string | null };
  pinned: { releaseName: string } | null;
  /** The most severe open finding. */
  firstFinding: { itemId: string; actual: OpenFinding["actual"]; expected: OpenFinding["expected"] } | null;
  moreFindings: number;
  lastSeenMs: number | null;
  /** When the facts shown were read on the scanner, by the server's clock; null: never reported. */
  asOfMs: number | null;
  identity: Identity;
  service: Service;
};

export type Fleet = {
  rows: FleetRow[];
  /** Per headline, over everything the reader may see and the search matches, not only this page. */
  counts: Record<HeadlineWord, number> & { tripped: number };
  total: number;
  nextCursor: string | null;
  asOfMs: number;
  /** Enrolled scanners that wait for approval. */
  pending: number;
};

type AxisView<T> = { value: T; sinceMs: number; reason: Reason };

type BaselineView = {
  releaseId: ReleaseId;
  name: string;
  origin: "observed" | "signed";
  adoptedAtMs: number;
  adoptedBy: string;
};

export type ScannerPage = Omit<FleetRow, "axes"> & {
  hostname: string;
  hardwareRevision: string | null;
  regionId: RegionId;
  regionName: string;
  nowMs: number;
  axes: {
    link: AxisView<Link>;
    safety: AxisView<Safety>;
    function: AxisView<FunctionAxis>;
    software: AxisView<Software>;
    currency: AxisView<Currency>;
  };
  seq: Sequence | null;
  observedAtMs: number | null;
  receivedAtMs: number | null;
  /** The scanner's clock minus the server's when the last message came; positive: the scanner is ahead. */
  skewMs: number;
  agent: FactValue<"agent"> | null;
  baseline: BaselineView | null;
  safety: Fact<FactValue<"safety">> | null;
  /** Other scanners in the reader's scope that are pinned to the same release. */
  siblings: number;
  identityReason: string | null;
  host: Fact<FactValue<"host">> | null;
  findings: OpenFinding[];
  /** `serial`: may also move the serial, which takes more than `rename`. */
  may: { adopt: boolean; rename: boolean; serial: boolean; release: boolean };
};

export type ItemRow = {
  item: Item;
  reading: Compared["reading"];
  finding: OpenFinding | null;
  sinceMs: number | null;
  siblingsAlike: { alike: number; of: number } | null;
};

export type ClosureRef = Extract<FactValue<"closures">["running"], { state: "observed" }>["value"];
export type NamedClosure = { closure: Fact<ClosureRef>; releaseName: string | null };
export type GenerationRow = FactValue<"generations">["entries"][number] & {
  pathListKnown: boolean;
  releaseName: string | null;
};

export type Closures5 = {
  running: NamedClosure;
  booted: NamedClosure;
  profile: NamedClosure;
  nextBoot: NamedClosure;
  pinned: { toplevel: string | null; releaseName: string } | null;
  generations: Fact<{ profile: string; entries: GenerationRow[]; more: number }>;
  digests: FactValue<"closureDigests">;
  verification: Fact<FactValue<"verification">> | null;
};

export type ScannerFacts = {
  facts: Facts;
  /** Kinds newer than this server, as they came. */
  opaque: Record<string, unknown>;
  observedAtMs: number | null;
};

export type Interval = {
  openedMs: number;
  closedMs: number | null;
  label: Reason | string;
  tone: HeadlineWord | ItemClass | null;
  /** What the interval is about, for a link: an item, a toplevel; null: nothing to open. */
  link: { kind: "item"; itemId: string } | { kind: "closure"; toplevel: string } | null;
};

export type PersonAct = {
  atMs: number;
  actor: string;
  /** The person's name or the scanner's serial; null: nobody here knows who that is. */
  actorName: string | null;
  action: string;
  text: Reason[];
};

export type Timeline = {
  fromMs: number;
  toMs: number;
  lanes: {
    releases: Interval[];
    boots: Interval[];
    headlines: Interval[];
    findings: Interval[];
    people: PersonAct[];
  };
};
