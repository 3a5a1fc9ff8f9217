import type { PackageChange } from "#core/closure/package-change.ts";
import { render } from "#core/message/render.ts";
import { diffReleases, type ExpectedChange, type ReleaseDiff, type SystemDiff } from "#core/release/diff.ts";
import { effectOf } from "#core/release/effect.ts";
import type { Release } from "#core/release/release.ts";
import { bytesText } from "#core/time/duration.ts";
import { audienceText } from "./audience.ts";

const EN = { locale: "en", time: (atMs: number) => new Date(atMs).toISOString() } as const;
/** Lines of one kind before the rest is only counted; `--all` shows them. */
const MOST_LINES = 20;

/** A release in words: what it is, for whom, and what it is built of. */
export function releaseText(release: Release): string {
  const { name, counter, floor, notes, createdAtMs, systems, paths } = release;
  const bytes = paths.reduce((sum, one) => sum + one.narSize, 0);
  const head = `Release ${name}, counter ${counter}, security floor ${floor}, made ${EN.time(createdAtMs)}, ${paths.length} paths, ${bytesText("en", bytes)}\n`;
  const lines = systems.map(
    (one) =>
      `  ${one.name}: ${one.toplevel}\n    for ${one.for.map(audienceText).join("; ")}; ${one.expected.items.length} expected items; safety daemon ${one.health.safety === "none" ? "none" : "required"}\n`,
  );
  return `${head}${notes === "" ? "" : `  ${notes.trimEnd().split("\n").join("\n  ")}\n`}${lines.join("")}`;
}

/** The effect sentence of one system. */
export function effectText(system: SystemDiff): string {
  const sentence = effectOf(system)
    .map((one) => render(EN, "effect", one))
    .join(", ");
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

/** What a release changes, system by system; the effect sentence stands last, because that is what is decided on. */
export function diffText(from: Release | null, to: Release, all = false): string {
  const diff = diffReleases(from, to);
  const against =
    diff.from === null
      ? "the first release of this station"
      : `compared with ${diff.from.name} (counter ${diff.from.counter})`;
  return `${diff.to.name}, ${against}\n${floorText(diff)}${diff.systems.map((one) => systemText(one, all)).join("")}`;
}

function floorText({ from, to }: ReleaseDiff): string {
  if (from === null || from.floor === to.floor) return "";
  return `  SECURITY FLOOR ${from.floor} -> ${to.floor}: no scanner will ever take a release with a counter below ${to.floor} again\n`;
}

function systemText(system: SystemDiff, all: boolean): string {
  const { closure, expected } = system;
  const lines =
    closure === null
      ? []
      : [
          ...section("packages", closure.packages.map(packageLine), all),
          ...section("kernel modules", closure.modules.map(packageLine), all),
          ...section(
            "units",
            closure.units.map(({ unit, change }) => `${SIGN[change]} ${unit}`),
            all,
          ),
          ...bootLines(closure.boot),
          ...section(
            "same name, other content",
            closure.sameNameOtherContent.map(({ path }) => path),
            all,
          ),
        ];
  const items = section("expected state", expected.map(expectedLine), all);
  return `${system.name}\n${[...lines, ...items].map((line) => `  ${line}\n`).join("")}  => ${effectText(system)}\n`;
}

const SIGN = { added: "+", removed: "-", changed: "~" } as const;

function section(title: string, lines: readonly string[], all: boolean): string[] {
  if (lines.length === 0) return [];
  const shown = all ? lines : lines.slice(0, MOST_LINES);
  const rest = lines.length - shown.length;
  return [
    `${title}:`,
    ...shown.map((one) => `  ${one}`),
    ...(rest > 0 ? [`  and ${rest} more (--all shows them)`] : []),
  ];
}

function packageLine({ name, change, from, to }: PackageChange): string {
  const versions = (list: PackageChange["from"]) => list.map((one) => one.version || "-").join(", ");
  if (change === "added") return `+ ${name} ${versions(to)}`;
  if (change === "removed") return `- ${name} ${versions(from)}`;
  return change === "rebuilt"
    ? `~ ${name} ${versions(to)} (rebuilt)`
    : `~ ${name} ${versions(from)} -> ${versions(to)}`;
}

function bootLines(boot: NonNullable<SystemDiff["closure"]>["boot"]): string[] {
  const { kernel } = boot;
  if (kernel.change !== "changed") return [];
  return [`kernel: ${kernel.fromVersion ?? "?"} -> ${kernel.toVersion ?? "?"}`];
}

function expectedLine({ id, from, to }: ExpectedChange): string {
  const want = (item: ExpectedChange["from"]) =>
    item === null ? "" : `${item.expect.op} ${JSON.stringify(item.expect.want)}`;
  if (from === null) return `+ ${id}: ${want(to)}`;
  if (to === null) return `- ${id}: ${want(from)}`;
  return want(from) === want(to)
    ? `~ ${id}: another ${otherFields(from, to)}`
    : `~ ${id}: ${want(from)} -> ${want(to)}`;
}

function otherFields(from: object, to: object): string {
  const fields = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const value = (one: object, field: string) => JSON.stringify((one as Record<string, unknown>)[field]);
  return fields.filter((field) => value(from, field) !== value(to, field)).join(", ");
}
