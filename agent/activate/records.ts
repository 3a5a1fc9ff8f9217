import { join } from "node:path";
import * as z from "zod";
import { ActivateError } from "#agent/activate/activate-error.ts";
import { writeWithRoom } from "#agent/activate/ballast.ts";
import type { Records } from "#agent/change/port.ts";
import { durableWrite, messageOf, readKept } from "#agent/link/durable.ts";
import { failuresSchema, NO_FAILURES } from "#core/change/blocked.ts";
import { confirmedFileSchema, NONE_CONFIRMED } from "#core/change/confirmed.ts";
import { heldFileSchema, releasedFileSchema, standing } from "#core/change/held.ts";
import { FIRST_JOURNAL, JOURNAL_SCHEMA, type Journal, journalFileSchema } from "#core/change/journal.ts";
import { NO_WISHES, wishesSchema } from "#core/local/wishes.ts";
import { CHANGE_FILE } from "#core/report/change-kind.ts";
import { quarantineOf } from "#core/report/quarantine-kind.ts";

const askedSchema = z.strictObject({ changeId: z.string().max(64).nullable() });
const consentSchema = z.strictObject({ changes: z.array(z.string().max(64)).max(64) });
/** The last accepted instruction: number and text (core/trust/accept.ts). */
const sequenceSchema = z.strictObject({ seq: z.int().nonnegative(), text: z.string().max(64 * 1024) });
type Sequence = z.infer<typeof sequenceSchema>;
/** What people at the scanner said lies in a folder of its own (agent/local), below the state folder. */
export const LOCAL_FOLDER = "local";
export const WISHES_FILE = join(LOCAL_FOLDER, "wishes.json");
const pinSchema = z.strictObject({ scannerId: z.string().max(64) });

/** More than the change machine needs: what is asked for, and what root on the scanner says. */
export type AllRecords = Records & {
  journal(): Promise<Journal>;
  saveAsked(changeId: string | null): Promise<void>;
  sequence(): Promise<Sequence | null>;
  saveSequence(sequence: Sequence): Promise<void>;
  consent(changeId: string): Promise<void>;
  /** Ends the hold after this change, and no other. */
  saveReleased(changeId: string): Promise<void>;
  pinnedScanner(): Promise<string | null>;
  pinScanner(scannerId: string): Promise<void>;
};

/**
 * The activator's files. One that is damaged stops everything: a floor or a journal that is guessed would be one that somebody else
 * chose. What is missing was never written.
 */
export function folderRecords(
  folders: { state: string; run: string },
  log: (text: string) => void,
): AllRecords {
  const read = async <S extends z.ZodType>(name: string, schema: S): Promise<z.infer<S> | null> => {
    const path = join(folders.state, name);
    const kept = await readKept(path, schema);
    if (kept.state === "kept") return kept.value;
    if (kept.state === "missing") return null;
    throw new ActivateError("state-damaged", `${path} is ${kept.state} (${kept.detail}).`);
  };
  const write = (name: string, content: object) =>
    writeWithRoom(folders.state, join(folders.state, name), `${JSON.stringify(content)}\n`);
  const held = async () => {
    const kept = await read("held.json", heldFileSchema);
    const released = await read("released.json", releasedFileSchema);
    return standing(kept?.held ?? null, released?.changeId ?? null);
  };
  /** A damaged list stops what changes the scanner, and must not keep what happens from being told. */
  const confirmedTold = async () => {
    const { generations } = (await read("confirmed.json", confirmedFileSchema)) ?? NONE_CONFIRMED;
    return {
      confirmed: generations.map(({ toplevel, release, confirmedAtMs }) => ({
        toplevel,
        release,
        confirmedAtMs,
      })),
    };
  };
  const quarantineTold = async () => ({
    quarantine: quarantineOf(await held(), (await read("blocked.json", failuresSchema)) ?? NO_FAILURES),
  });
  return {
    journal: async () => (await read("journal.json", journalFileSchema))?.journal ?? FIRST_JOURNAL,
    saveJournal: (journal) => write("journal.json", { schema: JOURNAL_SCHEMA, journal }),
    tell: async (told) => {
      try {
        const confirmed = await confirmedTold().catch(() => ({}));
        const quarantine = await quarantineTold().catch(() => ({}));
        const all = { schema: "fiducial.change/1", ...told, ...confirmed, ...quarantine };
        const content = `${JSON.stringify(all)}\n`;
        await durableWrite(join(folders.run, CHANGE_FILE), content, { mode: 0o644 });
      } catch (error) {
        log(`change.json cannot be written: ${messageOf(error)}`);
      }
    },
    confirmed: async () => (await read("confirmed.json", confirmedFileSchema)) ?? NONE_CONFIRMED,
    saveConfirmed: (file) => write("confirmed.json", file),
    failures: async () => (await read("blocked.json", failuresSchema)) ?? NO_FAILURES,
    saveFailures: (file) => write("blocked.json", file),
    held,
    saveHeld: (one) => write("held.json", { schema: "fiducial.held/1", held: one }),
    saveReleased: (changeId) => write("released.json", { schema: "fiducial.released/1", changeId }),
    askedChange: async () => (await read("asked.json", askedSchema))?.changeId ?? null,
    saveAsked: (changeId) => write("asked.json", { changeId }),
    consented: async () => (await read("consent.json", consentSchema))?.changes ?? [],
    consent: async (changeId) => {
      const { changes } = (await read("consent.json", consentSchema)) ?? { changes: [] };
      await write("consent.json", { changes: [...new Set([changeId, ...changes])].slice(0, 64) });
    },
    wishes: async () => (await read(WISHES_FILE, wishesSchema)) ?? NO_WISHES,
    sequence: () => read("sequence.json", sequenceSchema),
    saveSequence: (sequence) => write("sequence.json", sequence),
    pinnedScanner: async () => (await read("scanner.json", pinSchema))?.scannerId ?? null,
    pinScanner: (scannerId) => write("scanner.json", { scannerId }),
  };
}
