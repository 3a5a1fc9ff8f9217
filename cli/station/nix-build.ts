import { spawn } from "node:child_process";
import { realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as z from "zod";
import { findNix, type Nix } from "#agent/facts/nix.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { isStorePath, type StorePath } from "#core/closure/store-path.ts";
import { StationError } from "./station-error.ts";

const FEATURES = ["--extra-experimental-features", "nix-command flakes"];

export async function needNix(): Promise<Nix> {
  const nix = await findNix(linuxSystem(), null);
  if (nix.ok) return nix.value;
  throw new StationError(
    "unreachable",
    `Nix does not answer on this computer (${nix.reason.code}). A release is made of what Nix has built.`,
  );
}

/**
 * What somebody names, as a store path: one that is there already, a link to one (`./result`), an installable with a fragment
 * (`.#scanner`; NixOS habit: the name of a configuration), a folder with a flake or a default.nix, a Nix file.
 */
export async function toStorePath(nix: Nix, what: string): Promise<StorePath> {
  if (what.includes("#")) return buildFlake(nix, what);
  const path = await realpath(resolve(what)).catch(() => null);
  if (path === null) {
    if (isStorePath(what)) throw new StationError("folder", `${what} is not in the store of this computer.`);
    throw new StationError("usage", `"${what}" is no store path, no file and no installable (FLAKE#NAME).`);
  }
  if (isStorePath(path)) return path;
  if (await isThere(join(path, "flake.nix"))) return buildFlake(nix, `${path}#`);
  if (path.endsWith(".nix") || (await isThere(join(path, "default.nix")))) return buildFile(nix, path);
  throw new StationError("usage", `${path} is no store path and holds neither flake.nix nor default.nix.`);
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function buildFile(nix: Nix, path: string): Promise<StorePath> {
  const program = nix.program.replace(/nix$/, "nix-build");
  const lines = (await runNix(program, [path, "--no-out-link"])).trim().split("\n");
  const [only = "", ...more] = lines;
  if (more.length === 0 && isStorePath(only)) return only;
  throw new StationError(
    "usage",
    `${path} builds ${lines.length} things; a system is one. Name the one that is meant, as a store path.`,
  );
}

const builtSchema = z.array(z.object({ outputs: z.record(z.string(), z.string()) }));

/** `--json`, because `--print-out-paths` is not known before Nix 2.9. */
async function buildFlake(nix: Nix, installable: string): Promise<StorePath> {
  const [flake = "", fragment = ""] = installable.split("#", 2);
  const wanted = `${flake}#${await attributeOf(nix, flake, fragment)}`;
  const text = await runNix(nix.program, [...FEATURES, "build", "--no-link", "--json", wanted]);
  const built = builtSchema.safeParse(JSON.parse(text));
  const [only, ...more] = built.success ? built.data : [];
  const path = only?.outputs.out;
  if (more.length === 0 && path !== undefined && isStorePath(path)) return path;
  throw new StationError("usage", `${wanted} does not build one system.`);
}

/** `.#scanner` means the NixOS configuration of that name where there is one, as `nixos-rebuild` takes it; `.` the only one. */
async function attributeOf(nix: Nix, flake: string, fragment: string): Promise<string> {
  const names = await configurations(nix, flake);
  const [only, ...more] = names;
  if (fragment === "" && more.length > 0)
    throw new StationError(
      "usage",
      `${flake} has several configurations: ${names.join(", ")}. Name one (${flake}#${only}), or several with --system NAME=${flake}#NAME.`,
    );
  const name = fragment === "" ? only : names.find((one) => one === fragment);
  return name === undefined
    ? fragment
    : `nixosConfigurations.${JSON.stringify(name)}.config.system.build.toplevel`;
}

async function configurations(nix: Nix, flake: string): Promise<string[]> {
  const named = await runNix(
    nix.program,
    [...FEATURES, "eval", "--json", `${flake}#nixosConfigurations`, "--apply", "builtins.attrNames"],
    "quiet",
  ).catch(() => null);
  // What is wrong with the flake itself is said by the build that follows.
  return named === null ? [] : z.array(z.string()).parse(JSON.parse(named));
}

/** Runs a program of Nix, whose own progress goes to the terminal, and answers what it printed. Throws StationError when it fails. */
function runNix(
  program: string,
  args: readonly string[],
  errors: "shown" | "quiet" = "shown",
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", errors === "shown" ? "inherit" : "ignore"],
    });
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", (error) =>
      reject(new StationError("unreachable", `${program} cannot be run: ${error.message}`)),
    );
    child.once("close", (status) => {
      if (status === 0) resolve(Buffer.concat(chunks).toString("utf8"));
      else
        reject(
          new StationError(
            "unreachable",
            `Nix could not build or read ${args.at(-1)} (${program}, status ${status}). Its own words stand above.`,
          ),
        );
    });
  });
}
