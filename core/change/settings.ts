import * as z from "zod";
import { SAFETY_SOCKET_PATH } from "#core/safety/socket.ts";

/**
 * What this scanner decides for itself about changes, from its own Nix configuration (`services.fiducial.changes`), root's. No server
 * can say otherwise: a stolen director asks in vain.
 */
export const CHANGE_SETTINGS_FILE = "/etc/fiducial/changes.json";

const timeOfDay = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/);
const absolute = z.string().max(4096).startsWith("/");

export const changeSettingsSchema = z.strictObject({
  schema: z.literal("fiducial.changes/1"),
  enable: z.boolean().default(false),
  model: z.string().min(1).max(64).nullable().default(null),
  hardwareRevision: z.string().min(1).max(64).nullable().default(null),
  /** Public keys of Nix caches (`name:base64`). */
  trustedKeys: z.array(z.string().max(512)).max(64).default([]),
  caches: z.array(z.string().max(1024)).max(16).default([]),
  consent: z.enum(["not-needed", "needed"]).default("needed"),
  /** Local times of day in which nothing begins to be activated; from 22:00 to 06:00 goes over midnight. */
  neverBetween: z
    .array(z.strictObject({ from: timeOfDay, to: timeOfDay }))
    .max(16)
    .default([]),
  bootLoader: z.enum(["systemd-boot", "grub", "none"]).default("none"),
  espPath: absolute.default("/boot"),
  /** Whether a change may be switched to while the scanner runs, where kernel, systemd and D-Bus stay the same; else it boots. */
  liveSwitch: z.boolean().default(false),
  safetySocket: absolute.default(SAFETY_SOCKET_PATH),
});
export type ChangeSettings = z.infer<typeof changeSettingsSchema>;
