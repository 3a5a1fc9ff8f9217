import * as z from "zod";
import { GATES } from "#core/change/gate-words.ts";
import { heldSchema } from "#core/change/held.ts";
import { STEPS } from "#core/change/steps.ts";
import { epochMsSchema } from "#core/identity/identity.ts";
import { CHOICES } from "#core/local/choice.ts";
import { holdSchema, LOCAL_ACTS, localEntrySchema, TEXT_LIMIT, TOLD_ENTRIES } from "#core/local/log.ts";
import { LOCAL_CHECKS, VERDICTS } from "#core/local/preflight.ts";
import { changeKind } from "#core/report/change-kind.ts";
import { SAFETY_WORDS, SCAN_STATES } from "#core/safety/socket.ts";
import { INSTRUCTION_ACTIONS } from "#core/trust/instruction.ts";

/**
 * What may be said on `/run/fiducial/local.sock`, the activator's second socket, of the group fiducial-page: one JSON line as a request,
 * one as the answer. Closed (LOC-1): whoever takes the page over can look, delay and leave a text. What lets a change begin, lifts a hold
 * or goes back needs the passcode, which the activator compares itself.
 */
export const LOCAL_SOCKET = "/run/fiducial/local.sock";
export const LOCAL_REQUEST_BYTES = 16 * 1024;
export const LOCAL_ANSWER_BYTES = 512 * 1024;

const typed = z.string().max(4 * TEXT_LIMIT);
const passcode = z.string().max(256);
const target = z.string().min(1).max(512);

export const localRequestSchema = z.discriminatedUnion("verb", [
  z.strictObject({ verb: z.literal("status") }),
  z.strictObject({ verb: z.literal("preflight"), to: target }),
  /** `not-today` only delays and needs no passcode. */
  z.strictObject({
    verb: z.literal("consent"),
    changeId: z.string().min(1).max(64),
    choice: z.enum(CHOICES),
    passcode,
  }),
  z.strictObject({ verb: z.literal("hold"), reason: typed }),
  z.strictObject({ verb: z.literal("release"), reason: typed, passcode }),
  z.strictObject({ verb: z.literal("report"), text: typed }),
  /** `attest`: the bore is empty and the drive is off, seen by the person who asks. */
  z.strictObject({ verb: z.literal("rollback"), to: target, reason: typed, attest: z.boolean(), passcode }),
]);
export type LocalRequest = z.infer<typeof localRequestSchema>;

/** Why it was not done (`local-refused.<word>`). */
const LOCAL_REFUSALS = [
  "no-passcode",
  "wrong-passcode",
  "wait",
  "too-many",
  "no-text",
  "nothing-waits",
  "not-held",
  "never-confirmed",
  "check",
  "busy",
] as const;
export type LocalRefusal = (typeof LOCAL_REFUSALS)[number];

const toplevel = z.string().max(512);
const name = z.string().max(64).nullable();
const detail = z.string().max(1000);

const status = z.strictObject({
  answer: z.literal("status"),
  nowMs: epochMsSchema,
  /** Whether changes are on at all (`services.fiducial.changes.enable`). */
  enabled: z.boolean(),
  consent: z.enum(["not-needed", "needed"]),
  passcodeSet: z.boolean(),
  /** Until the next passcode is looked at; 0: now. */
  waitMs: z.int().nonnegative(),
  step: z.enum(STEPS),
  told: changeKind,
  /** Null: nothing was asked of this scanner that is not over. */
  plan: z
    .strictObject({
      changeId: z.string().max(64),
      action: z.enum(INSTRUCTION_ACTIONS),
      origin: z.enum(["instruction", "local"]),
      release: name,
      toplevel,
      requestedBy: z.string().max(200),
      waiting: z.enum(GATES).nullable(),
    })
    .nullable(),
  chosen: z.enum(CHOICES).nullable(),
  hold: holdSchema.nullable(),
  /** Since it went back by itself; null: it is not. */
  held: heldSchema.nullable(),
  /** What the host itself shows; null: not to be read. */
  seen: z.strictObject({
    current: toplevel.nullable(),
    booted: toplevel.nullable(),
    profile: toplevel.nullable(),
  }),
  confirmed: z.array(z.strictObject({ toplevel, release: name, confirmedAtMs: epochMsSchema })).max(64),
  blocked: z.array(z.strictObject({ toplevel, reason: z.string().max(64), sinceMs: epochMsSchema })).max(256),
  /** The daemon's last word; null: it has not spoken. */
  safety: z
    .strictObject({
      state: z.enum([...SAFETY_WORDS, "unknown"]),
      scanState: z.enum([...SCAN_STATES, "unknown"]),
      energised: z.boolean().nullable(),
      healthy: z.boolean(),
      ageMs: z.int().nonnegative(),
    })
    .nullable(),
  /** What the agent left of its link to the server; null: it never ran, or its file cannot be read. */
  link: z
    .strictObject({
      state: z.enum(["starting", "acknowledged", "refused", "trouble"]),
      sinceMs: epochMsSchema,
      lastAnswerMs: epochMsSchema.nullable(),
      serial: z.string().max(64),
      serverUrl: z.string().max(2048),
      waitingReports: z.int().nonnegative(),
      unread: z.array(z.string().max(64)).max(64),
    })
    .nullable(),
  /** The newest entries of the scanner's own log, the oldest first. */
  entries: z.array(localEntrySchema).max(TOLD_ENTRIES),
});
export type LocalStatus = z.infer<typeof status>;

export const localAnswerSchema = z.discriminatedUnion("answer", [
  status,
  z.strictObject({
    answer: z.literal("preflight"),
    toplevel,
    release: name,
    checks: z.array(z.strictObject({ check: z.enum(LOCAL_CHECKS), verdict: z.enum(VERDICTS) })).max(32),
  }),
  z.strictObject({ answer: z.literal("done"), act: z.enum(LOCAL_ACTS) }),
  z.strictObject({
    answer: z.literal("refused"),
    reason: z.enum(LOCAL_REFUSALS),
    waitMs: z.int().nonnegative(),
    /** Of `check`: which one. */
    detail,
  }),
  /** A request outside the list, or a defect; nothing was changed. */
  z.strictObject({ answer: z.literal("failed"), detail }),
]);
export type LocalAnswer = z.infer<typeof localAnswerSchema>;
