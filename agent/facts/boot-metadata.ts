import * as z from "zod";
import type { System } from "#agent/system.ts";
import { type ClosureBoot, closureBootSchema } from "#core/closure/upload.ts";

/** RFC 125 (bootspec): `boot.json` of a toplevel. */
const bootspecSchema = z.object({
  "org.nixos.bootspec.v1": z.object({
    kernel: z.string(),
    initrd: z.string().optional(),
    kernelParams: z.array(z.string()),
  }),
});

/** What a closure boots: from its boot.json, or from the files that were there before it. Null: neither is there or believable. */
export async function readBootMetadata(system: System, toplevel: string): Promise<ClosureBoot | null> {
  const systemd = await linkTarget(system, `${toplevel}/systemd`);
  const spec = bootspecSchema.safeParse(await json(system, `${toplevel}/boot.json`));
  const boot = spec.success
    ? {
        kernelParams: spec.data["org.nixos.bootspec.v1"].kernelParams,
        kernel: spec.data["org.nixos.bootspec.v1"].kernel,
        initrd: spec.data["org.nixos.bootspec.v1"].initrd ?? null,
        systemd,
      }
    : await beforeBootspec(system, toplevel, systemd);
  const parsed = closureBootSchema.safeParse(boot);
  return parsed.success ? parsed.data : null;
}

async function beforeBootspec(system: System, toplevel: string, systemd: string | null) {
  const parameters = await system.readText(`${toplevel}/kernel-params`);
  if (!parameters.ok) return null;
  return {
    kernelParams: parameters.value.split(/\s+/).filter(Boolean),
    kernel: await linkTarget(system, `${toplevel}/kernel`),
    initrd: await linkTarget(system, `${toplevel}/initrd`),
    systemd,
  };
}

async function linkTarget(system: System, path: string): Promise<string | null> {
  const target = await system.readLink(path);
  return target.ok && target.value.startsWith("/") ? target.value : null;
}

async function json(system: System, path: string): Promise<unknown> {
  const text = await system.readText(path);
  if (!text.ok) return undefined;
  try {
    return JSON.parse(text.value);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
