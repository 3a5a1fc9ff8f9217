import { sha256 } from "#agent/trust/seal.ts";
import { releaseTargetPath } from "#core/release/release.ts";
import type { RefusalReason } from "#core/trust/attack.ts";
import type { Instruction } from "#core/trust/instruction.ts";
import { repositoryFolder } from "#core/trust/layout.ts";
import { HIGHEST_VERSION, type Known } from "#demo/attack/evil-server.ts";
import { forgedRelease, pathsOf, releaseIn } from "#demo/attack/forge.ts";
import type { Expected, Script, Situation } from "#demo/attack/script.ts";

/**
 * What an attacker who owns the server and every online key can try (reliability.md §2.4, E-01 to E-16). Pure scripts: they write files
 * that a server would serve, and know nothing of whoever reads them; the tests and the example fleet run the same ones.
 */

const YEARS_MS = 365 * 24 * 60 * 60_000;

function refused(reason: RefusalReason, check: string): Expected {
  return { kind: "refused", reason, check };
}

/** A store path that nobody signed. */
const EVIL_PATH = "/nix/store/00000000000000000000000000000000-nixos-system-evil-24.11";
const EVIL: Known = { release: "evil", system: "scanner", toplevel: EVIL_PATH };
const PAYLOAD = Buffer.from("the closure of somebody else");
const PAYLOAD_HASH = sha256(PAYLOAD);
const seqAfter = (at: Situation) => at.last.seq + 1;

export const SCRIPTS: readonly Script[] = [
  {
    id: "E-01",
    name: "a closure that nobody signed, content-addressed so that Nix asks for no signature",
    moves: [
      {
        does: "lays the closure into the cache and names it as the system of a signed release",
        lay: (evil, at) => {
          evil.addToCache({ path: EVIL_PATH, nar: PAYLOAD, ca: `fixed:r:sha256:${PAYLOAD_HASH}` });
          evil.instruct({ ...at.next, toplevel: EVIL_PATH }, seqAfter(at));
        },
        expect: refused("wrong-system", "systemOf: the signed release names its toplevel itself"),
      },
    ],
  },
  {
    id: "E-02",
    name: "a path signed by the key of the cache, in a release that people never listed",
    moves: [
      {
        does: "signs the closure with the cache's key and points at a release file of its own making",
        lay: (evil, at) => {
          evil.addToCache({ path: EVIL_PATH, nar: PAYLOAD });
          const real = releaseIn(evil.read(evil.releaseFile(at.next)));
          const paths = [{ path: EVIL_PATH, narHash: PAYLOAD_HASH, narSize: PAYLOAD.length, references: [] }];
          const text = forgedRelease(real, { name: EVIL.release, toplevel: EVIL_PATH, paths });
          const target = evil.addUnsignedRelease(EVIL, text);
          evil.point({
            [releaseTargetPath(EVIL.release)]: { ...target, custom: evil.words(EVIL, seqAfter(at)) },
          });
        },
        expect: refused("unknown-release", "matchTargets: both repositories must list the same file"),
      },
    ],
  },
  {
    id: "E-03",
    name: "a release for another model",
    moves: [
      {
        does: "names a release that people signed for other scanners",
        lay: (evil, at) => evil.instruct(at.foreign, seqAfter(at)),
        expect: refused("wrong-model", "refuseSystem: the release says for whom it is"),
      },
    ],
  },
  {
    id: "E-04",
    name: "what was signed for another scanner",
    moves: [
      {
        does: "serves the director's metadata of a neighbour",
        lay: (evil, at) => {
          const target = evil.list.targets[releaseTargetPath(at.next.release)];
          const custom = { ...evil.words(at.next, seqAfter(at)), scannerId: at.otherScanner };
          if (target === undefined) return;
          evil.point(
            { [releaseTargetPath(at.next.release)]: { ...target, custom } },
            { recipient: at.otherScanner },
          );
        },
        expect: refused("wrong-recipient", "refreshRepository: each file of the director names its scanner"),
      },
    ],
  },
  {
    id: "E-05",
    name: "back to an old release with known holes",
    moves: [
      {
        does: "asks for a release that ran here once and is below the security floor by now",
        lay: (evil, at) => evil.instruct(at.belowFloor, seqAfter(at), { action: "rollback" }),
        expect: refused("below-floor", "refuseInstruction: the floor of the whole signed list"),
      },
    ],
  },
  {
    id: "E-06",
    name: "back to a generation that never proved itself here",
    moves: [
      {
        does: "calls a release that never ran here a rollback",
        lay: (evil, at) => evil.instruct(at.next, seqAfter(at), { action: "rollback" }),
        expect: refused(
          "never-confirmed-here",
          "refuseInstruction: the scanner's own list of confirmed ones",
        ),
      },
    ],
  },
  {
    id: "E-07",
    name: "an old instruction, replayed",
    moves: [
      {
        does: "signs the words of the instruction before the last into fresh metadata",
        lay: (evil, at) => evil.instruct(knownOf(at.earlier), at.earlier.seq, at.earlier),
        expect: refused("replayed", "refuseInstruction: the last number, kept durably"),
      },
    ],
  },
  {
    id: "E-08",
    name: "two instructions with one number",
    moves: [
      {
        does: "gives another instruction the number of the last one",
        lay: (evil, at) => evil.instruct(at.next, at.last.seq),
        expect: refused("same-sequence", "refuseInstruction: the last text, kept durably"),
      },
    ],
  },
  {
    id: "E-09",
    name: "freeze: newer releases are withheld",
    moves: [
      {
        does: "says every day anew that the old list is the newest, until the list itself is over",
        before: { waitMs: 200 * 24 * 60 * 60_000 },
        lay: (evil, at) => {
          evil.freshenList();
          evil.instruct(at.next, seqAfter(at));
        },
        expect: refused("metadata-frozen", "refreshRepository: what people signed ends"),
      },
    ],
  },
  {
    id: "E-10",
    name: "fast-forward: the highest version there is, so that no honest one is higher",
    moves: [
      {
        does: "signs nearly that version with the director's keys, and keeps the last one",
        lay: (evil) => evil.point({}, { version: HIGHEST_VERSION - 1 }),
        expect: { kind: "taken" },
      },
      {
        does: "goes on with the old keys after people replaced them",
        before: "people-rotate",
        lay: (evil, at) => evil.instruct(at.next, seqAfter(at)),
        expect: refused("bad-signature", "refreshRepository: the keys of the newest root, and of no other"),
      },
    ],
  },
  {
    id: "E-11",
    name: "mix and match: parts of two signed releases",
    moves: [
      {
        does: "puts a library of what runs in the place of the new one, and mends the release file so that it holds together",
        lay: (evil, at) => {
          const [next, running] = [at.next, at.running].map((one) =>
            releaseIn(evil.read(evil.releaseFile(one))),
          );
          if (next === undefined || running === undefined) return;
          const { name } = next;
          const { toplevel } = at.next;
          const parts = [
            ...pathsOf(next).filter((one) => one.path === toplevel),
            ...pathsOf(running).filter((one) => one.path !== at.running.toplevel),
          ];
          const library = parts.at(-1)?.path ?? "";
          const paths = parts.map((one) =>
            one.path === toplevel ? { ...one, references: [toplevel, library] } : one,
          );
          evil.write(evil.releaseFile(at.next), forgedRelease(next, { name, toplevel, paths }));
          evil.instruct(at.next, seqAfter(at));
        },
        expect: refused("content-mismatch", "readRelease: length and every hash that people signed"),
      },
    ],
  },
  {
    id: "E-12",
    name: "a body without an end",
    moves: [
      {
        does: "lets the timestamp go on and on behind its last word",
        lay: (evil, at) => {
          evil.instruct(at.next, seqAfter(at));
          const name = `${repositoryFolder("director", evil.scannerId)}/timestamp.json`;
          evil.write(name, Buffer.concat([evil.read(name), Buffer.alloc(20 * 1024 * 1024, " ")]));
          evil.endless.add(name);
        },
        expect: refused("too-large", "fetchIfThere: the bound of each role, before anything is read"),
      },
    ],
  },
  {
    id: "E-13",
    name: "an instruction to be kept for ten years",
    moves: [
      {
        does: "lets it end in ten years",
        lay: (evil, at) => evil.instruct(at.next, seqAfter(at), { notAfterMs: evil.nowMs + 10 * YEARS_MS }),
        expect: refused("instruction-too-long", "refuseInstruction: how long each kind may last"),
      },
    ],
  },
  {
    id: "E-14",
    name: "a change in the middle of a scan",
    moves: [
      {
        does: "asks for a signed release, now",
        before: "scan-begins",
        lay: (evil, at) => evil.instruct(at.next, seqAfter(at)),
        expect: { kind: "waits", gate: "scanning" },
      },
    ],
  },
  {
    id: "E-15",
    name: "another key for the store, pushed as configuration",
    moves: [
      {
        does: "adds settings with a key of its own to an instruction",
        lay: (evil, at) => {
          const settings = { trustedKeys: ["evil-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] };
          evil.write("changes.json", JSON.stringify({ schema: "fiducial.changes/1", ...settings }));
          evil.write("cache/nix-cache-info", "StoreDir: /nix/store\ntrusted-public-keys: evil-1:AAAA\n");
          evil.instruct(at.next, seqAfter(at), { settings });
        },
        expect: refused("wrong-metadata", "instructionSchema: an instruction has these words and no others"),
      },
    ],
  },
  {
    id: "E-16",
    name: "the server calls a generation confirmed that failed its probes",
    moves: [
      {
        does: "says confirm, which is no word of an instruction",
        before: "next-fails",
        lay: (evil, at) => evil.instruct(at.next, seqAfter(at) + 1, { action: "confirm" }),
        expect: refused("wrong-metadata", "instructionSchema: stage, activate, rollback and nothing else"),
      },
      {
        does: "asks for it again, as if nothing had been",
        lay: (evil, at) => evil.instruct(at.next, seqAfter(at) + 2),
        expect: refused("blocked-here", "refuseInstruction: what failed here is not tried again"),
      },
    ],
  },
];

function knownOf({ release, system, toplevel }: Instruction): Known {
  return { release, system, toplevel };
}
