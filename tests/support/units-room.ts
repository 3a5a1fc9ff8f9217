import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linuxSystem } from "#agent/linux-system.ts";
import { runProgram } from "#agent/run-program.ts";
import type { System } from "#agent/system.ts";

/** systemd-run and systemctl of a few lines: units are real processes, known by a file with their number. */
const SYSTEMD_RUN = `unit= options=
while [ "\${1#--}" != "$1" ]; do
  case "$1" in --unit=*) unit=\${1#--unit=} ;; esac
  options="$options $1"; shift
done
case "$unit" in *.service) ;; *) unit=$unit.service ;; esac
echo "$unit$options" >>"$room/started"
kept=$(cat "$room/taken" 2>/dev/null)
if [ -e "$room/units/$unit" ] || [ -e "$room/once" ] || [ "$kept" = "$unit" ]; then
  rm -f "$room/once"
  echo "Failed to start transient service unit: Unit $unit was already loaded or has a fragment file." >&2
  exit 1
fi
for word; do
  # As systemd reads a command line: two dollar signs are one.
  set -- "$@" "$(printf %s "$word" | sed 's/[$][$]/$/g')"; shift
done
case "$options" in *--on-active*) sleep 300 >/dev/null 2>&1 & ;; *) setsid "$@" >/dev/null 2>&1 & ;; esac
echo $! >"$room/units/$unit"
`;
/** As systemctl does: a pattern stands for every loaded unit that fits, also for none; a timer is the process that waits for it. */
const SYSTEMCTL = `verb=$1; shift
for unit; do :; done
case "$unit" in *.timer) unit=\${unit%.timer}.service ;; *.service) ;; *) unit=$unit.service ;; esac
echo "$verb $unit" >>"$room/asked"
cd "$room/units"
status=3
for file in $unit; do
  case "$verb" in
  is-active) if [ -e "$file" ] && kill -0 "$(cat "$file")" 2>/dev/null; then echo active; status=0; else echo inactive; fi ;;
  stop) [ ! -e "$file" ] || { kill -9 "$(cat "$file")" 2>/dev/null; rm -f "$file"; } ;;
  reset-failed) [ ! -e "$file" ] || kill -0 "$(cat "$file")" 2>/dev/null || rm -f "$file" ;;
  esac
done
[ "$verb" != is-active ] || exit $status
`;

export class UnitsRoom {
  readonly folder = mkdtempSync(join(tmpdir(), "fiducial-units-"));
  readonly system: System;

  constructor() {
    mkdirSync(join(this.folder, "units"));
    for (const [name, text] of [
      ["systemd-run", SYSTEMD_RUN],
      ["systemctl", SYSTEMCTL],
    ] as const)
      this.program(name, text);
    this.system = {
      ...linuxSystem(),
      list: (path) =>
        linuxSystem().list(path === "/run/systemd/transient" ? join(this.folder, "units") : path),
      run: (program, args, limits) => {
        const own = join(this.folder, program);
        return runProgram(existsSync(own) ? own : program, args, limits);
      },
    };
  }

  /** A shell script; its path. */
  program(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, `#!/bin/sh\nroom=${this.folder}\n${text}`, { mode: 0o755 });
    return path;
  }

  /** The next unit finds its name taken, by one that is just ending. */
  takeNextName(): void {
    writeFileSync(join(this.folder, "once"), "");
  }

  /** This name stays taken: by a unit that has ended and that systemd keeps loaded. */
  keepName(unit: string): void {
    writeFileSync(join(this.folder, "taken"), unit);
  }

  /** What systemctl was asked, in order: verb and unit. */
  asked(): string[] {
    return this.#lines("asked");
  }

  /** Unit and options of every start, in order. */
  started(): string[] {
    return this.#lines("started");
  }

  #lines(name: string): string[] {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
  }

  remove(): void {
    for (const unit of readdirSync(join(this.folder, "units")))
      spawnSync("kill", ["-9", readFileSync(join(this.folder, "units", unit), "utf8").trim()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
