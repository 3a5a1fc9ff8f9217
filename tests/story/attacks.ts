import { createPrivateKey, createPublicKey } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { type ActivateAnswer, activateAnswerSchema } from "#core/change/verbs.ts";
import { canonicalJson, SignedRepository, sha256, type TestKey } from "#tests/support/signed-repository.ts";
import type { Cast } from "./cast.ts";
import { type Story, short, type Tell } from "./telling.ts";

const ASK =
  'const s=require("net").connect("/run/fiducial/activate.sock",()=>s.write(process.argv[1]+"\\n"));s.pipe(process.stdout)';

/** What the network half would say to the activator. */
async function consider({ scanner }: Cast): Promise<ActivateAnswer> {
  const request = JSON.stringify({ verb: "consider" });
  const said = await scanner.host.must("runuser", ["-u", "fiducial", "--", "node", "-e", ASK, request]);
  return activateAnswerSchema.parse(JSON.parse(said));
}

/** A version is good once: the next attack needs a higher one, as everybody's next word does. */
let attacks = 0;

/** The server and the scanner's own network half are in the attacker's hands: spool and online keys are theirs. */
class Attacker {
  readonly #cast: Cast;
  readonly #folder = mkdtempSync(path.join(tmpdir(), "fid-attacker-"));
  readonly #director: SignedRepository;

  constructor(cast: Cast) {
    this.#cast = cast;
    const { scannerId, product } = cast;
    this.#director = new SignedRepository(this.#folder, { nowMs: Date.now(), recipient: scannerId });
    const stolen = z
      .object({ director: z.string() })
      .parse(JSON.parse(readFileSync(path.join(product.data, "signer/keys.json"), "utf8")));
    const key = keyOf(stolen.director);
    cpSync(this.#signed("r2"), path.join(cast.scanner.shared, "r2"), { recursive: true });
    this.#director.keys = { ...this.#director.keys, targets: [key], snapshot: [key], timestamp: [key] };
  }

  /** Signs an instruction with the stolen director key. `words`: what it says beside what an honest one would. */
  instruct(release: string, words: object): void {
    const { product, scannerId } = this.#cast;
    const served = path.join(product.data, "repository/director", scannerId);
    const last = Math.max(
      ...readdirSync(served).map((name) => Number(/^(\d+)\.targets\.json$/.exec(name)?.[1] ?? 0)),
    );
    attacks += 1;
    for (const role of ["targets", "snapshot", "timestamp"] as const)
      this.#director.versions[role] = last + 1_000 * attacks;
    const folder = this.#signed(release);
    const [file = ""] = readdirSync(folder);
    const bytes = readFileSync(path.join(folder, file));
    this.#director.targets = {
      [`releases/${release}/release.json`]: {
        length: bytes.length,
        hashes: { sha256: sha256(bytes) },
        custom: {
          schema: "fiducial.instruction/1",
          scannerId,
          changeId: `019a5b1e-0000-7000-8000-00000000000${attacks}`,
          seq: 1_000_000 + attacks,
          action: "activate",
          release,
          notBeforeMs: Date.now() - 1_000,
          notAfterMs: Date.now() + 60 * 60_000,
          slots: [],
          requestedBy: "nobody",
          ...words,
        },
      },
    };
    this.#director.publish();
    const shared = path.join(this.#cast.scanner.shared, "evil");
    rmSync(shared, { recursive: true, force: true });
    cpSync(this.#folder, shared, { recursive: true });
  }

  #signed(release: string): string {
    return path.join(this.#cast.workshop.shared, "anna/repository/release/targets/releases", release);
  }

  /** Into the spool, over what the honest half left there. */
  async intoSpool(...scripts: string[]): Promise<void> {
    const { scanner, scannerId } = this.#cast;
    const at = `/var/spool/fiducial/director/${scannerId}`;
    const lines = [
      `cp /shared/evil/*.targets.json /shared/evil/*.snapshot.json /shared/evil/timestamp.json ${at}/`,
      ...scripts,
      "chown -R fiducial:fiducial /var/spool/fiducial",
    ];
    await scanner.host.must("sh", ["-ec", lines.join("\n")]);
  }

  leave(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function keyOf(pem: string): TestKey {
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(privateKey)
    .export({ type: "spki", format: "der" })
    .subarray(-32)
    .toString("hex");
  const keyId = sha256(
    canonicalJson({ keytype: "ed25519", scheme: "ed25519", keyval: { public: publicKey } }),
  );
  return { privateKey, publicKey, keyId };
}

async function expectRefused(cast: Cast, tell: Tell, wanted: readonly string[]): Promise<void> {
  const before = await cast.scanner.seen();
  const answer = await consider(cast);
  const reason = answer.answer === "refused" ? answer.reason : answer.answer;
  if (answer.answer !== "refused" || !wanted.includes(answer.reason))
    throw new Error(`not refused as ${wanted.join(" or ")}, but: ${JSON.stringify(answer)}`);
  tell.saw("real", `the activator refuses and names it: ${reason} (${answer.detail.slice(0, 160)})`);
  const told = await cast.scannerSays();
  tell.check("real", `the scanner tells it: ${told?.state}, ${told?.reason}`, told?.state === "refused");
  const after = await cast.scanner.seen();
  tell.check(
    "real",
    "profile and running system are what they were",
    JSON.stringify(after) === JSON.stringify(before),
  );
}

export async function refuseTamperedRelease(story: Story, cast: Cast): Promise<void> {
  await story.step(
    "Somebody who holds the server, its online keys and the network half changes a byte of release r2",
    async (tell) => {
      await cast.scanner.host.must("systemctl", ["stop", "fiducial-agent.service"]);
      const attacker = new Attacker(cast);
      attacker.instruct("r2", { system: "scanner", toplevel: cast.toplevel("r2") });
      await attacker.intoSpool(
        RESTORE_R2,
        "file=$(ls /var/spool/fiducial/release/targets/releases/r2/*.release.json)",
        `sed -i 's/"safety":"required"/"safety":"neednotb"/' "$file"`,
      );
      tell.saw(
        "injected",
        "the instruction is signed with the stolen key; the release no longer asks for a safety daemon",
      );
      await expectRefused(cast, tell, ["content-mismatch", "unknown-release"]);
      attacker.leave();
    },
  );
}

export async function refuseUnsignedClosure(story: Story, cast: Cast): Promise<void> {
  await story.step(
    "The same attacker offers a closure that nobody signed, made content-addressed so that Nix asks for no signature",
    async (tell) => {
      const { workshop, scanner } = cast;
      const evil = await cast.builds("evil", { version: "666" });
      const rewritten = await workshop.host.must("nix", ["store", "make-content-addressed", "--json", evil]);
      const { rewrites } = z
        .object({ rewrites: z.record(z.string(), z.string()) })
        .parse(JSON.parse(rewritten));
      const unsigned = rewrites[evil] ?? "";
      await workshop.host.must("nix", [
        "copy",
        "--to",
        "file:///shared/evil-cache?compression=none",
        unsigned,
      ]);
      cpSync(path.join(workshop.shared, "evil-cache"), path.join(scanner.shared, "evil-cache"), {
        recursive: true,
      });
      const attacker = new Attacker(cast);
      attacker.instruct("r2", { system: "scanner", toplevel: unsigned });
      await attacker.intoSpool(RESTORE_R2, "cp -r /shared/evil-cache/. /var/spool/fiducial/cache/");
      tell.saw(
        "injected",
        `the stolen director key names ${short(unsigned)}, and the spool's cache holds it`,
      );
      await expectRefused(cast, tell, ["wrong-system", "unsigned-path", "path-set-differs"]);
      const there = await scanner.host.run("nix-store", ["--check-validity", unsigned]);
      tell.check("real", "it never reached the store", there.status !== 0);
      const bare = await scanner.host.run("nix", ["copy", "--from", "file:///shared/evil-cache", unsigned]);
      tell.check("real", "Nix alone, with require-sigs = true, takes it (the control)", bare.status === 0);
      attacker.leave();
    },
  );
}

/** The file as people signed it. */
const RESTORE_R2 =
  "mkdir -p /var/spool/fiducial/release/targets/releases/r2 && cp /shared/r2/* /var/spool/fiducial/release/targets/releases/r2/";
