import { randomUUID } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type * as z from "zod";
import { ActivateError } from "#agent/activate/activate-error.ts";
import { withRoom, writeWithRoom } from "#agent/activate/ballast.ts";
import type { Folders } from "#agent/activate/folders.ts";
import { LOCAL_FOLDER, WISHES_FILE } from "#agent/activate/records.ts";
import { durableWrite, messageOf, readKept, syncFolder } from "#agent/link/durable.ts";
import { lockInstance } from "#agent/link/instance-lock.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { type Passcode, passcodeSchema } from "#agent/local/passcode.ts";
import { readLog } from "#agent/local/read-log.ts";
import { type Attempts, attemptsSchema, NO_ATTEMPTS } from "#core/local/attempts.ts";
import { LOCAL_FILE, LOCAL_FILE_SCHEMA, type LocalEntry, newest } from "#core/local/log.ts";
import { NO_WISHES, type Wishes, wishesSchema } from "#core/local/wishes.ts";

export type NewEntry = Omit<LocalEntry, "seq" | "atMs">;

/** What people at the scanner said and did, in root's own folder; each write is durable before it returns. */
export type LocalRecords = {
  /** One writer at a time, the command line among them. */
  alone<T>(action: () => Promise<T>): Promise<T>;
  saveWishes(wishes: Wishes): Promise<void>;
  attempts(): Promise<Attempts>;
  saveAttempts(attempts: Attempts): Promise<void>;
  /** Null: nobody set one. */
  passcode(): Promise<Passcode | null>;
  savePasscode(passcode: Passcode): Promise<void>;
  /** The newest entries, the oldest first. */
  entries(): Promise<LocalEntry[]>;
  /** Only ever appended to (ADM-3); the agent is told afterwards. */
  append(entry: NewEntry, nowMs: number): Promise<void>;
  /** For the agent to report. Failing to tell stops nothing. */
  tell(): Promise<void>;
};

const ATTEMPTS_FILE = join(LOCAL_FOLDER, "attempts.json");
const PASSCODE_FILE = join(LOCAL_FOLDER, "passcode.json");
const LOG_FILE = "log.jsonl";
const LOCK_TRIES = 50;
const LOCK_RETRY_MS = 100;

type About = { folders: Pick<Folders, "state" | "run">; bootId: string; log: (text: string) => void };

export function localRecords({ folders, bootId, log }: About): LocalRecords {
  const folder = join(folders.state, LOCAL_FOLDER);
  const read = async <S extends z.ZodType>(name: string, schema: S): Promise<z.infer<S> | null> => {
    const path = join(folders.state, name);
    const kept = await readKept(path, schema);
    if (kept.state === "kept") return kept.value;
    if (kept.state === "missing") return null;
    // A hold or a count of guesses that is guessed would be one that somebody else chose.
    throw new ActivateError("state-damaged", `${path} is ${kept.state} (${kept.detail}).`);
  };
  const write = async (name: string, content: object) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeWithRoom(folders.state, join(folders.state, name), `${JSON.stringify(content)}\n`);
  };
  const wishes = async () => (await read(WISHES_FILE, wishesSchema)) ?? NO_WISHES;
  const tell = async () => {
    try {
      const { log: name, entries } = await readLog(join(folder, LOG_FILE));
      const { hold } = await wishes();
      const content = { schema: LOCAL_FILE_SCHEMA, log: name, entries: newest(entries), hold };
      await durableWrite(join(folders.run, LOCAL_FILE), `${JSON.stringify(content)}\n`, { mode: 0o644 });
    } catch (error) {
      log(`${LOCAL_FILE} cannot be written: ${messageOf(error)}`);
    }
  };
  return {
    alone: (action) => alone(folder, bootId, action),
    saveWishes: async (next) => {
      await write(WISHES_FILE, next);
      await tell();
    },
    attempts: async () => (await read(ATTEMPTS_FILE, attemptsSchema)) ?? NO_ATTEMPTS,
    saveAttempts: (attempts) => write(ATTEMPTS_FILE, attempts),
    passcode: () => read(PASSCODE_FILE, passcodeSchema),
    savePasscode: (passcode) => write(PASSCODE_FILE, passcode),
    entries: async () => newest((await readLog(join(folder, LOG_FILE))).entries),
    append: async (entry, nowMs) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await withRoom(folders.state, () => append(folder, entry, nowMs));
      await tell();
    },
    tell,
  };
}

async function alone<T>(folder: string, bootId: string, action: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (let tries = 1; ; tries += 1) {
    const unlock = await lockInstance(folder, bootId).catch((error: unknown) => {
      if (error instanceof LinkError && error.code === "already-running") return null;
      throw error;
    });
    if (unlock !== null) {
      try {
        return await action();
      } finally {
        await unlock();
      }
    }
    if (tries === LOCK_TRIES)
      throw new ActivateError("busy", "Somebody else is just saying something to this scanner; ask again.");
    await pause(LOCK_RETRY_MS);
  }
}

/** One line, on the disk before anything follows from it. A line that a power cut left in half stays there, and counts as none. */
async function append(folder: string, entry: NewEntry, nowMs: number): Promise<void> {
  const path = join(folder, LOG_FILE);
  const { log, entries, torn } = await readLog(path);
  const seq = (entries.at(-1)?.seq ?? 0) + 1;
  const head = log === null ? `${JSON.stringify({ log: randomUUID() })}\n` : "";
  const line = `${torn ? "\n" : ""}${head}${JSON.stringify({ seq, atMs: nowMs, ...entry })}\n`;
  const file = await open(path, "a", 0o600);
  try {
    await file.writeFile(line);
    await file.sync();
  } finally {
    await file.close();
  }
  if (log === null) await syncFolder(folder);
}
