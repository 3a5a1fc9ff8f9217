import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OnlineKeys } from "#core/trust/online-keys.ts";
import { SignedInstallation, type TestRelease } from "#tests/support/signed-release.ts";
import { canonicalJson, sha256, type TestKey, testKey } from "#tests/support/signed-repository.ts";

/**
 * People with offline keys beside a server whose signer holds the online ones: first roots that name both, and releases as they come
 * out of a ceremony, ready to be published. Written with the specification's words only, like what it is built on.
 */
export class Ceremony {
  readonly signed: SignedInstallation;
  /** Keys of which one signature each is needed, unless a test raises the threshold. */
  readonly releaseKeys: TestKey[];

  /** @param folder scratch space @param online the signer's public halves */
  constructor(
    folder: string,
    online: OnlineKeys,
    options: { releaseKeys?: number; threshold?: number } = {},
  ) {
    this.signed = new SignedInstallation(join(folder, "ceremony"));
    const { release, director } = this.signed;
    this.releaseKeys = Array.from({ length: options.releaseKeys ?? 1 }, () => testKey());
    release.keys.targets = this.releaseKeys;
    release.thresholds.targets = options.threshold ?? 1;
    release.keys.snapshot = [publicOnly(online.snapshot)];
    release.keys.timestamp = [publicOnly(online.timestamp)];
    for (const role of ["targets", "snapshot", "timestamp"] as const)
      director.keys[role] = [publicOnly(online.director)];
    for (const repository of [release, director]) {
      repository.versions = { root: 0, targets: 0, snapshot: 0, timestamp: 0 };
      repository.firstRoot = repository.publishRoot();
    }
    const dummy = [testKey()];
    const { publish } = release;
    // Only the targets of what it writes are ever published: people do not hold the other keys.
    release.publish = (asked = {}) =>
      publish.call(release, {
        ...asked,
        signers: { snapshot: dummy, timestamp: dummy, targets: this.releaseKeys, ...asked.signers },
      });
  }

  /** As an operator does it: into `<data>/repository/first-root`. */
  placeFirstRoots(dataFolder: string): void {
    const folder = join(dataFolder, "repository", "first-root");
    mkdirSync(folder, { recursive: true });
    for (const [name, root] of Object.entries(this.signed.firstRoots))
      writeFileSync(join(folder, `${name}.root.json`), root);
  }

  /** Signs and lists a release. @returns the files to publish, in their order, by name below `/publish/v1/` */
  release(wanted: TestRelease): { toplevel: string; files: Map<string, Buffer> } {
    const { toplevel, bytes, path } = this.signed.addRelease(wanted);
    const version = this.signed.release.versions.targets;
    const slash = path.lastIndexOf("/") + 1;
    const target = `release/targets/${path.slice(0, slash)}${sha256(bytes)}.${path.slice(slash)}`;
    const files = new Map([
      [`release/${version}.targets.json`, this.read(`${version}.targets.json`)],
      [target, bytes],
    ]);
    return { toplevel, files };
  }

  read(name: string): Buffer {
    return readFileSync(join(this.signed.release.folder, name));
  }
}

function publicOnly(publicKey: string): TestKey {
  const keyId = sha256(
    canonicalJson({ keytype: "ed25519", scheme: "ed25519", keyval: { public: publicKey } }),
  );
  return { keyId, publicKey, privateKey: testKey().privateKey };
}
