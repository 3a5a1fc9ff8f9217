/**
 * What tells two builds of a kernel module apart (SEE-4): the build id that the linker computed over its content, and the source
 * version that modpost did. The kernel shows both of the module that is loaded (`/sys/module/<name>/notes`, `…/srcversion`).
 */
export type ModuleIdentity = {
  buildId: string | null;
  srcversion: string | null;
  version: string | null;
  vermagic: string | null;
};

type Section = { name: string; bytes: Buffer };

/** Reads an ELF64 little-endian object (elf(5)); null: it is none, or it is cut short. */
export function readElfModule(file: Buffer): ModuleIdentity | null {
  const sections = readSections(file);
  if (sections === null) return null;
  const info = new Map<string, string>();
  for (const one of sections) if (one.name === ".modinfo") addModinfo(info, one.bytes);
  const note = sections.find((one) => one.name === ".note.gnu.build-id");
  return {
    buildId: note === undefined ? null : buildIdOf(note.bytes),
    srcversion: info.get("srcversion") ?? null,
    version: info.get("version") ?? null,
    vermagic: info.get("vermagic")?.trim() ?? null,
  };
}

const ELF64_LITTLE = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
const HEADER_BYTES = 64;
const SECTION_BYTES = 64;

function readSections(file: Buffer): Section[] | null {
  if (file.length < HEADER_BYTES || !file.subarray(0, 6).equals(ELF64_LITTLE)) return null;
  const table = Number(file.readBigUInt64LE(0x28));
  if (file.readUInt16LE(0x3a) !== SECTION_BYTES || table + SECTION_BYTES > file.length) return null;
  // Beyond 65,279 sections the counts stand in the first section instead (elf(5), e_shnum).
  const count = file.readUInt16LE(0x3c) || Number(file.readBigUInt64LE(table + 0x20));
  const told = file.readUInt16LE(0x3e);
  const names = told === 0xffff ? file.readUInt32LE(table + 0x28) : told;
  if (table + count * SECTION_BYTES > file.length || names >= count) return null;
  const strings = content(file, table + names * SECTION_BYTES);
  const found: Section[] = [];
  for (let at = table; at < table + count * SECTION_BYTES; at += SECTION_BYTES) {
    const bytes = content(file, at);
    if (bytes === null || strings === null) return null;
    found.push({ name: textAt(strings, file.readUInt32LE(at)), bytes });
  }
  return found;
}

const NO_BITS = 8;

/** Null: the section lies outside the file. */
function content(file: Buffer, header: number): Buffer | null {
  if (file.readUInt32LE(header + 4) === NO_BITS) return Buffer.alloc(0);
  const start = Number(file.readBigUInt64LE(header + 0x18));
  const end = start + Number(file.readBigUInt64LE(header + 0x20));
  return end <= file.length ? file.subarray(start, end) : null;
}

function textAt(strings: Buffer, at: number): string {
  const end = strings.indexOf(0, at);
  return strings.toString("latin1", at, end < 0 ? strings.length : end);
}

/** `key=value` strings, each ended by a zero; the first of a key counts, as it does for modinfo(8). */
function addModinfo(info: Map<string, string>, bytes: Buffer): void {
  for (const line of bytes.toString("latin1").split("\0")) {
    const at = line.indexOf("=");
    const key = line.slice(0, at);
    if (at > 0 && !info.has(key)) info.set(key, line.slice(at + 1, at + 257));
  }
}

/** One note: sizes of name and content, type 3, "GNU", the id (gABI, note section; binutils, NT_GNU_BUILD_ID). */
export function buildIdOf(note: Buffer): string | null {
  if (note.length < 16 || note.readUInt32LE(0) !== 4 || note.readUInt32LE(8) !== 3) return null;
  const size = note.readUInt32LE(4);
  if (note.toString("latin1", 12, 16) !== "GNU\0" || size === 0 || note.length < 16 + size) return null;
  return note.toString("hex", 16, 16 + Math.min(size, 64));
}
