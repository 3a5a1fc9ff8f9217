import type { StickState } from "#core/change/stick.ts";
import type { ChangeState, Link, Safety } from "#core/headline/axes.ts";
import type { ReleaseId, ScannerId, SiteId } from "#core/identity/identity.ts";
import type { Reason } from "#core/report/fact.ts";
import type { InstructionAction } from "#core/trust/instruction.ts";

/** What the pages about changes read. Types only. Times are milliseconds since the epoch, by the server's clock. */

type Place = { scannerId: ScannerId; serial: string; alias: string | null; siteId: SiteId; siteName: string };
type System = { toplevel: string; releaseName: string | null };

/**
 * What a look before asking says of one scanner. `against`: why it may not be asked (`blocked.<code>`, with parameters); empty: it may.
 * `notes`: what will hold it up or should be known (`note.<code>`), and stops nobody.
 */
export type Preflight = Place & {
  model: string | null;
  hardwareRevision: string | null;
  fits: boolean;
  against: Reason[];
  notes: Reason[];
  from: System | null;
  to: (System & { releaseName: string; system: string }) | null;
  /** What it will do, sentence by sentence (`effect.<code>`); null: it cannot be told. */
  effect: Reason[] | null;
  /** As the scanner last said, and when. */
  interlock: {
    energised: boolean | null;
    scanning: boolean | null;
    safety: Safety;
    asOfMs: number | null;
  };
  /** `target` below `required`: no signature brings this scanner there. */
  floor: { required: number; target: number };
  confirmedHere: boolean;
  /** Why it is blocked on this scanner since an earlier try (`blocked.<code>`); null: it is not. */
  blockedHere: Reason | null;
  link: Link;
  /** Null: the scanner never said. */
  changesEnabled: boolean | null;
  /** The change that is open there. */
  openChangeId: string | null;
};

export type PreflightAnswer = { action: InstructionAction; release: string; scanners: Preflight[] };

/** Who or what a step comes from: only the scanner moves a change on, and people and the server begin and end one. */
export type ChangeStepView = {
  atMs: number;
  state: ChangeState;
  reason: Reason | null;
  source: "person" | "server" | "scanner";
  /** A person's name or a scanner's serial; null: the server, or nobody here knows who that was. */
  by: string | null;
  percent: number | null;
};

export type ChangeRow = Place & {
  changeId: string;
  timeZone: string;
  action: InstructionAction;
  release: { releaseId: ReleaseId; name: string };
  system: string;
  toplevel: string;
  from: System | null;
  state: ChangeState;
  stateSinceMs: number;
  /** Why it waits, was refused or went back (`blocked.<code>`). */
  stateReason: Reason | null;
  percent: number | null;
  energised: boolean | null;
  /** `unsigned`: the signer has not signed it yet; `refused`: it will not (`signerProblem`). */
  instruction: "unsigned" | "signed" | "refused" | "withdrawn";
  signerProblem: Reason | null;
  requestedAtMs: number;
  requestedBy: string | null;
  /** The person's own words. */
  why: string;
  notBeforeMs: number;
  notAfterMs: number;
  endedAtMs: number | null;
  /** When the scanner was last heard at all; null: never. A change that has not ended is known as of then, and no later. */
  lastHeardMs: number | null;
  mayCancel: boolean;
};

/** What the report said that ended it. */
export type ChangeEvidence = {
  atMs: number;
  running: string | null;
  booted: string | null;
  profile: string | null;
  nextBoot: string | null;
  safety: Safety;
};

/** How long a step took on other changes of this kind and model: the middle one of `of`, milliseconds. Only where enough were seen. */
export type UsualStep = { state: ChangeState; medianMs: number; of: number };

/** `none`: nobody decided anything that still counts. `decided`: to be signed. `signed`: on its way. `refused`: by the signer. */
export type PardonView = {
  /** By the scanner's own clock. */
  sinceMs: number;
  state: "none" | "asked" | "decided" | "signed" | "refused";
  people: { by: string | null; atMs: number; why: string }[];
  /** Of `asked`: until when a second person may confirm it. */
  untilMs: number | null;
  mayRelease: boolean;
  mayAsk: boolean;
  mayConfirm: boolean;
};

/** What stands on the scanner since this change failed, by its own word, and what people decided of it. */
export type PardonsView = { held: PardonView | null; blocked: PardonView | null };

/** What was decided of carrying a change to its scanner by hand, and what came of it. */
export type StickView = {
  /** Every decision, oldest first. */
  people: { by: string | null; atMs: number; why: string; untilMs: number }[];
  answer: StickState["answer"]["state"];
  /** Of `refused`: in the signer's words (`blocked.<code>`). */
  refusal: Reason | null;
  good: StickState["good"];
  /** What a release station is told while a stick can be written; null: there is nothing to write, or nothing for this reader. */
  command: string | null;
  /** The reader may decide it now. */
  mayCarry: boolean;
};

export type ChangeView = ChangeRow & {
  /** Null: nobody decided anything, and the reader may not. */
  stick: StickView | null;
  pardons: PardonsView | null;
  steps: ChangeStepView[];
  usual: UsualStep[];
  evidence: ChangeEvidence | null;
};

/** Newest first. */
export type ChangeList = { rows: ChangeRow[]; more: boolean };

/** Where a scanner can go back to: generations that were confirmed here. The newest confirmation first. */
export type RollbackTarget = {
  release: string;
  toplevel: string;
  confirmedAtMs: number;
  /** Whose word that it was confirmed is: the scanner's own list, or, where it tells none, what this server saw. */
  saidBy: "scanner" | "server";
  /** By the scanner's last report; null: it did not say. */
  onDisk: boolean | null;
  /** Runs now: nothing to go back to. */
  running: boolean;
  /** Why it cannot be asked for (`blocked.<code>`); empty: it can. */
  against: Reason[];
};

export type Requested = { changes: { scannerId: ScannerId; changeId: string }[] };
