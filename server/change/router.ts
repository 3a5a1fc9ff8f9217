import * as z from "zod";
import { epochMsSchema, scannerIdSchema } from "#core/identity/identity.ts";
import { releaseNameSchema } from "#core/release/release.ts";
import { INSTRUCTION_ACTIONS } from "#core/trust/instruction.ts";
import { procedure, router } from "#server/trpc.ts";
import { cancelChange } from "./cancel.ts";
import { listChanges } from "./list.ts";
import { changePage } from "./page.ts";
import { pardon } from "./pardon.ts";
import { preflight } from "./preflight.ts";
import { requestChange } from "./request.ts";
import { rollbackTargets } from "./rollback-targets.ts";
import { carryByStick } from "./stick.ts";

/** More than a person can look at one by one before they ask. */
const MOST_AT_ONCE = 20;
const MOST_LISTED = 200;

const asked = z.strictObject({
  scannerIds: z.array(scannerIdSchema).min(1).max(MOST_AT_ONCE),
  action: z.enum(INSTRUCTION_ACTIONS),
  /** For `rollback`: of a generation that was confirmed there (`change.rollbackTargets`). */
  release: releaseNameSchema,
});

const requestInput = asked.extend({
  reason: z.string().trim().min(1).max(1000),
  /** Made by the page once for each thing a person asks: sent again it is the same change (ACT-7). */
  requestKey: z.uuid(),
  /** Null: at once. */
  notBeforeMs: epochMsSchema.nullable().default(null),
  /** Null: as long as the action allows (core/trust/instruction.ts). */
  notAfterMs: epochMsSchema.nullable().default(null),
});

const byId = z.strictObject({ changeId: z.uuid({ version: "v7" }) });

/** With the reason; `askLift` and `confirmLift` are for two people. */
const decision = byId.extend({ reason: z.string().trim().min(1).max(1000) });

const carryInput = decision.extend({
  /** Null: as long as the instruction itself. */
  untilMs: epochMsSchema.nullable(),
});

const listInput = z.strictObject({
  /** Null: of every scanner the reader may see. */
  scannerId: scannerIdSchema.nullable().default(null),
  open: z.boolean().default(false),
  limit: z.int().min(1).max(MOST_LISTED).default(50),
});

export const changeRouter = router({
  preflight: procedure("change.preflight")
    .input(asked)
    .query(({ ctx, input }) => ctx.read((tx) => preflight(tx, input, ctx))),
  request: procedure("change.request")
    .input(requestInput)
    .mutation(({ ctx, input }) => ctx.act((act) => requestChange(act, ctx.memberships, input))),
  cancel: procedure("change.cancel")
    .input(decision)
    .mutation(({ ctx, input }) => ctx.act((act) => cancelChange(act, input))),
  carry: procedure("change.carry")
    .input(carryInput)
    .mutation(({ ctx, input }) => ctx.act((act) => carryByStick(act, ctx.memberships, input))),
  releaseHold: procedure("change.releaseHold")
    .input(decision)
    .mutation(({ ctx, input }) => ctx.act((act) => pardon(act, "release", input))),
  askLift: procedure("change.askLift")
    .input(decision)
    .mutation(({ ctx, input }) => ctx.act((act) => pardon(act, "ask", input))),
  confirmLift: procedure("change.confirmLift")
    .input(decision)
    .mutation(({ ctx, input }) => ctx.act((act) => pardon(act, "confirm", input))),
  get: procedure("change.get")
    .input(byId)
    .query(({ ctx, input }) => ctx.read((tx) => changePage(tx, input.changeId, ctx))),
  list: procedure("change.list")
    .input(listInput)
    .query(({ ctx, input }) => ctx.read((tx) => listChanges(tx, input, ctx))),
  rollbackTargets: procedure("change.rollbackTargets")
    .input(z.strictObject({ scannerId: scannerIdSchema }))
    .query(({ ctx, input }) => ctx.read((tx) => rollbackTargets(tx, input.scannerId))),
});
