import { until } from "#tests/support/portal.ts";
import type { ChangeScanner } from "./change-scanner.ts";
import { type Case, type End, isRebootDone } from "./fault-cases.ts";
import { holdReboot, releaseReboot } from "./held-reboot.ts";
import { expectInvariants } from "./invariants.ts";

const FAULTS_FILE = "/var/lib/fiducial-faults";

/** What ran before, what was asked for, and under which id. */
export type Asked = { was: string; to: string; changeId: string };

/** One case on one scanner: whatever of it still waits when it was cut off never touches the scanner of the next. */
export class FaultRun {
  readonly #scanner: ChangeScanner;
  readonly #case: Case;
  readonly #rebootsBefore: number;

  constructor(scanner: ChangeScanner, one: Case) {
    this.#scanner = scanner;
    this.#case = one;
    this.#rebootsBefore = scanner.nixos.host.reboots;
  }

  /** Lays the fault out and has the scanner look at its instruction. */
  async begin(): Promise<void> {
    const { point, death } = this.#case;
    const { host } = this.#scanner.nixos;
    await host.run("rm", ["-f", `${FAULTS_FILE}.parked`]);
    await host.write(FAULTS_FILE, `${point}:${death === "kill" ? "kill" : "park"}\n`, "0600");
    if (isRebootDone(this.#case)) await holdReboot(host, this.#case, FAULTS_FILE);
    // The agent's own look after a boot may still put back what was there before.
    await until("the instruction to be taken", 60_000, async () => {
      await this.#scanner.fillSpool();
      const { answer } = await this.#scanner.ask({ verb: "consider" });
      return answer === "nothing" ? null : true;
    });
  }

  /** Lets it die, boot and recover three times, and reads the invariants when it has ended. */
  async end(asked: Asked): Promise<End> {
    const { nixos } = this.#scanner;
    await this.#struck();
    // The plug is pulled while the reboot is still held up.
    if (this.#case.death === "host") await nixos.cutPower();
    await releaseReboot(nixos.host);
    if (this.#case.death === "kill" && isRebootDone(this.#case))
      await nixos.untilRebooted(this.#rebootsBefore + (this.#case.point.startsWith("back-") ? 1 : 0));
    for (let again = 0; again < 3; again += 1) await this.#restartGuard();
    await this.#scanner.untilOver(asked.changeId);
    return expectInvariants(this.#scanner, asked);
  }

  /** The fault has fired: its line is gone, or the process says that it waits for the plug to be pulled. */
  async #struck(): Promise<void> {
    const { host } = this.#scanner.nixos;
    const fired =
      this.#case.death === "kill"
        ? `test -e ${FAULTS_FILE} && ! grep -q . ${FAULTS_FILE}`
        : `test -s ${FAULTS_FILE}.parked`;
    await until("the fault to strike", 120_000, async () =>
      (await host.run("sh", ["-c", fired]).catch(() => null))?.status === 0 ? true : null,
    );
    await host.run("rm", ["-f", `${FAULTS_FILE}.parked`]);
  }

  /** systemd counts how often a unit was started lately; a boot begins that anew, and this stands for one. */
  async #restartGuard(): Promise<void> {
    const { host } = this.#scanner.nixos;
    // A scanner that reboots by itself meanwhile cancels the job.
    await until("the guard to run again", 120_000, async () => {
      await host.run("systemctl", ["reset-failed", "fiducial-guard.service"]).catch(() => null);
      const ran = await host.run("systemctl", ["restart", "fiducial-guard.service"]).catch(() => null);
      return ran?.status === 0 ? true : null;
    });
  }
}
