/**
 * Whether there is room, asked before a byte is fetched and before a boot entry is written (SIG-4). Sizes are those that people signed; a
 * disk that could not be looked at has no room that anybody knows of.
 */

/** What stays free whatever is brought: a scanner whose disk is full cannot even report it (reliability.md §3.1). */
const SPARE_BYTES = 512 * 1024 * 1024;
/** Once everything is on the disk, half of it is enough to begin: what comes now is small. */
export const SPARE_AT_ARM_BYTES = SPARE_BYTES / 2;

/** A disk, and what is to be laid on it. `freeBytes` null: it could not be looked at. */
export type Room = { freeBytes: number | null; neededBytes: number };

/** Null: it fits, and enough stays free. */
type NoRoom = { why: "full" | "unseen"; missingBytes: number };

export function noRoom({ freeBytes, neededBytes }: Room, spareBytes = SPARE_BYTES): NoRoom | null {
  const wanted = neededBytes + spareBytes;
  if (freeBytes === null || !Number.isFinite(freeBytes)) return { why: "unseen", missingBytes: wanted };
  return freeBytes >= wanted ? null : { why: "full", missingBytes: wanted - freeBytes };
}

/** As programs say it in their logs and to whoever started them. */
export function noRoomText({ freeBytes, neededBytes }: Room, { missingBytes }: NoRoom): string {
  const free = freeBytes === null ? "what is free could not be seen" : `${freeBytes} are free`;
  return `${neededBytes} bytes are to come, ${free}, ${missingBytes} are missing`;
}
