import { join } from "node:path";
import { CsvError, parse } from "csv-parse/sync";
import {
  type ListedScanner,
  type NamedScanner,
  type NotNamed,
  nameScanner,
} from "#core/bundle/named-scanner.ts";
import { scannerIdSchema, serialSchema } from "#core/identity/identity.ts";
import { delimiterOf } from "#core/sheet/delimiter.ts";
import { tableOf } from "#core/sheet/table.ts";
import { readIfThere, readNeeded, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";

/** Where the portal's exported fleet is looked for when nobody says where it is; in the station's folder. */
const LIST_NAME = "fleet.csv";
const COLUMNS = ["serial", "scanner_id"] as const;
/** Of what is known, so many are told. */
const MOST_TOLD = 20;

/**
 * Which scanners are meant, each once and in the order of the words. The list is the file that the portal exports; nothing in it is believed
 * for more than finding an id. Throws StationError.
 */
export async function readScanners(
  station: Station,
  words: readonly string[],
  given: string | null,
): Promise<NamedScanner[]> {
  const path = given ?? join(station.folder, LIST_NAME);
  const bytes = given === null ? await readIfThere(path) : await readNeeded(path, "list of scanners");
  const list = bytes === null ? null : listIn(path, bytes.toString("utf8"));
  const found = new Map<string, NamedScanner>();
  for (const word of words) {
    const named = nameScanner(word, list);
    if (!named.ok) throw new StationError("usage", sentenceOf(word, named, path));
    const { serial, scannerId } = named.scanner;
    found.set(scannerId, { scannerId, serial: serial ?? found.get(scannerId)?.serial ?? null });
  }
  return [...found.values()];
}

/** For people: both names, where both are known. */
export function scannerText({ serial, scannerId }: NamedScanner): string {
  return serial === null ? scannerId : `${serial} (${scannerId})`;
}

function listIn(path: string, text: string): ListedScanner[] {
  const { rows, problems } = tableOf(linesIn(path, text), COLUMNS, COLUMNS);
  const [wrong] = problems.filter(({ column }) => column !== null);
  if (wrong !== undefined)
    throw new StationError("folder", `${path} has no column ${wrong.column}, or has it twice. ${EXPORT}`);
  const list = rows.flatMap(({ cells }) => {
    const [serial, id] = [serialSchema.safeParse(cells.serial), scannerIdSchema.safeParse(cells.scanner_id)];
    // The last line of the file says what it is and names no scanner.
    return serial.success && id.success ? [{ serial: serial.data, scannerId: id.data }] : [];
  });
  if (list.length > 0) return list;
  throw new StationError("folder", `${path} names no scanner. ${EXPORT}`);
}

const EXPORT = 'Take it from the portal: the fleet\'s page, "Export".';

function linesIn(path: string, text: string) {
  try {
    const form = {
      bom: true,
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
    };
    return parse(text, form).map((cells: string[], at) => ({ line: at + 1, cells }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new StationError("folder", `${path} is no CSV file: ${error.message}. ${EXPORT}`);
  }
}

function sentenceOf(word: string, no: NotNamed, path: string): string {
  switch (no.why) {
    case "no-name":
      return `"${word}" names no scanner: write what its type plate says, or the id that its page in the portal shows.`;
    case "no-list":
      return `This station has no list of scanners to find ${word} in. ${EXPORT} Say where it is with --fleet FILE or save it as ${path}; or name the scanner by the id that its page shows.`;
    case "unknown":
      return `${path} knows no ${word}. It knows ${firstOf(no.known)}.`;
    case "ambiguous":
      return `${path} has more than one ${word}: ${firstOf(no.listed.map(scannerText))}. Name the one that is meant by its id.`;
    case "contradicted":
      return `${path} says otherwise than ${word}: ${firstOf(no.listed.map(scannerText))}. A label may have moved: take a new list, and look at the scanner's page.`;
  }
}

function firstOf(all: readonly string[]): string {
  const more = all.length - MOST_TOLD;
  return `${all.slice(0, MOST_TOLD).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
