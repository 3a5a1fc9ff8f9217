import { expect, test } from "vitest";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { nameScanner } from "./named-scanner.ts";

const [A, B] = ["01936f3e-7a2b-7c3d-8e4f-5a6b7c8d9e0f", "01936f3e-7a2b-7c3d-8e4f-5a6b7c8d9e10"].map((id) =>
  scannerIdSchema.parse(id),
) as [ReturnType<typeof scannerIdSchema.parse>, ReturnType<typeof scannerIdSchema.parse>];
const one = (serial: string, scannerId = A) => ({ serial, scannerId });
const LIST = [one("FM25-0137"), one("FM25-0021", B)];

test.each([
  ["FM25-0137", LIST, one("FM25-0137")],
  [" FM25-0021 ", LIST, one("FM25-0021", B)],
  [A, LIST, one("FM25-0137")],
  [A, [], { serial: null, scannerId: A }],
  [A, null, { serial: null, scannerId: A }],
  [`FM25-0137=${A}`, LIST, one("FM25-0137")],
  [`FM25-0137=${A}`, null, one("FM25-0137")],
  ["FM25-0137", [...LIST, ...LIST], one("FM25-0137")],
  // Two organisations may have one serial each: the id says which.
  [`FM25-0137=${B}`, [one("FM25-0137"), one("FM25-0137", B)], one("FM25-0137", B)],
  [`FM25-0555=${A}`, [one("FM25-0021", B)], one("FM25-0555")],
] as const)("%s is found [OFF-1]", (word, list, scanner) => {
  expect(nameScanner(word, list)).toEqual({ ok: true, scanner });
});

test.each([
  ["", LIST, { why: "no-name" }],
  ["FM25 0137", LIST, { why: "no-name" }],
  ["FM25-0137=", LIST, { why: "no-name" }],
  [`=${A}`, LIST, { why: "no-name" }],
  [`FM25-0137=${A}=${A}`, LIST, { why: "no-name" }],
  ["FM25-0137", null, { why: "no-list" }],
  ["fm25-0137", LIST, { why: "unknown", known: ["FM25-0021", "FM25-0137"] }],
  ["FM25-0137", [...LIST, one("FM25-0137", B)], { why: "ambiguous", listed: [LIST[0], one("FM25-0137", B)] }],
  // The label has moved since, or somebody mixed two of them up.
  [`FM25-0137=${B}`, LIST, { why: "contradicted", listed: LIST }],
  [`FM25-0555=${A}`, LIST, { why: "contradicted", listed: [LIST[0]] }],
] as const)("%s is refused, with what is known [OFF-1]", (word, list, no) => {
  expect(nameScanner(word, list)).toEqual({ ok: false, ...no });
});
