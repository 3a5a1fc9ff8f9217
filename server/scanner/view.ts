import type { Diagram } from "#core/block/diagram.ts";
import type { ClosureDiff } from "#core/closure/diff.ts";
import type { Compared } from "#core/finding/finding.ts";
import type {
  ChangeState,
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
import type { Block, Item, ItemClass } from "#core/manifest/item.ts";
import type { Fact, Reason } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";
import type { RefusalReason } from "#core/trust/attack.ts";

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
  change: ChangeState;
};

export type FleetRow = {
  scannerId: ScannerId;
  serial: string;
  alias: string | null;
  model: string | null;
  siteId: SiteId;
  siteName: string;
  regionName: string;
  timeZone: string;
  room: string | null;
  tags: string[];
  hardwareRevision: string | null;
  origin: string;
  headline: Headline;
  headlineSinceMs: number;
  axes: FleetAxes;
  running: { toplevel: string | null; releaseName: string | null };
  pinned: { releaseName: string } | null;
  /** The most severe open finding. */
  firstFinding: { itemId: string; actual: OpenFinding["actual"]; expected: OpenFinding["expected"] } | null;
  moreFindings: number;
  /** Ids of the open findings, the most severe first; at most four, the first among them. */
  openItems: string[];
  lastSeenMs: number | null;
  /** When the facts shown were read on the scanner, by the server's clock; null: never reported. */
  asOfMs: number | null;
  identity: Identity;
  service: Service;
};

/** What the legend says: counts of everything the reader may see and the filter without its headlines matches. */
export type FleetCounts = {
  counts: Record<HeadlineWord, number> & { tripped: number };
  /** Scanners the whole filter matches. */
  total: number;
  /** Of those that are not retired: with a pinned release, and seen to run it. */
  pinned: number;
  onPin: number;
  /** Enrolled scanners that wait for approval. */
  pending: number;
  asOfMs: number;
};

export type Fleet = FleetCounts & { rows: FleetRow[]; offset: number };

/** A value of a field with how many scanners in the reader's sight have it; `name` where the value is an id. */
export type Facet = { value: string; name: string | null; count: number };
export type FleetFacets = Record<
  "site" | "region" | "model" | "tag" | "running" | "pinned" | "item" | "origin",
  Facet[]
>;

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
  regionId: RegionId;
  nowMs: number;
  axes: {
    link: AxisView<Link>;
    safety: AxisView<Safety>;
    function: AxisView<FunctionAxis>;
    software: AxisView<Software>;
    currency: AxisView<Currency>;
    /** What the scanner says of its running or last change. */
    change: { value: ChangeState; sinceMs: number };
  };
  /** What it says that it refused of what its server sent (core/change/refused-word.ts); null: nothing. */
  refused: RefusalReason | null;
  /** Who took it out of normal service, why and until when; null: it is in service. */
  serviceMark: {
    reason: string | null;
    sinceMs: number | null;
    untilMs: number | null;
    by: string | null;
  } | null;
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
  /** Fingerprint of the other hardware over which it is locked out; null: it is not, or over something else. */
  otherHardware: string | null;
  host: Fact<FactValue<"host">> | null;
  findings: OpenFinding[];
  /** `serial`: may also move the serial, which takes more than `rename`. */
  may: Record<
    | "adopt"
    | "rename"
    | "serial"
    | "release"
    | "maintain"
    | "move"
    | "retire"
    | "replace"
    | "rollback"
    | "upgrade",
    boolean
  >;
};

export type ItemRow = {
  item: Item;
  /** Where it stands in the diagram. */
  block: Block;
  reading: Compared["reading"];
  finding: OpenFinding | null;
  sinceMs: number | null;
  siblingsAlike: { alike: number; of: number } | null;
};

export type ScannerDiagram = Diagram & {
  /** What it is drawn from; null: nothing is expected of this scanner. */
  releaseName: string | null;
  asOfMs: number | null;
  /** When the chain was last heard. */
  chainAsOfMs: number | null;
};

/** Scanners of the same model that run the same system, as far as the reader may see them. */
export type Siblings = {
  model: string | null;
  releaseName: string | null;
  total: number;
  /** How many of them have at least one of this scanner's findings. */
  alikeTotal: number;
  /** The first of those, most alike first, with the items they share. */
  alike: {
    scannerId: ScannerId;
    serial: string;
    alias: string | null;
    siteName: string;
    headline: Headline;
    shared: string[];
  }[];
  /** Per finding of this scanner, how many siblings have the same. */
  items: { itemId: string; alike: number }[];
  /** One to compare with when nobody shares anything. */
  example: { scannerId: ScannerId; serial: string } | null;
  /** The same findings where the release runs that ran here before; null: not known, or nobody runs it. */
  before: { releaseName: string; total: number; alike: number } | null;
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

/** `assumed`: toplevels whose content is what their release says, because this scanner did not say. */
export type GenerationDiff = ClosureDiff & { assumed: string[] };

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
    /** States of changes as the scanner told them. */
    changes: { openedMs: number; closedMs: number | null; state: ChangeState | "unknown" }[];
    boots: Interval[];
    headlines: Interval[];
    findings: Interval[];
    people: PersonAct[];
  };
};
