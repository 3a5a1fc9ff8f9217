import type { AuditHead } from "#core/protocol/acknowledgement.ts";

/** One event of the audit log as people read it. */
export type AuditEntry = {
  seq: number;
  atMs: number;
  /** User or scanner id. */
  actor: string;
  /** Null: the person is no longer known, or the actor is no person. */
  actorName: string | null;
  action: string;
  body: Record<string, unknown>;
};

/** A page of one chain, newest first, with the chain's head to compare with what scanners have witnessed. */
export type AuditPage = { chain: string; entries: AuditEntry[]; head: AuditHead };
