import * as z from "zod";

/** What conformance_record.py writes: a line about the run, then one for each test. */
const headSchema = z.strictObject({
  client: z.string(),
  /** Whose way of making repositories: the scanner's (scanner_repository.py) or the suite's own. */
  repositories: z.enum(["scanner", "suite"]),
  suite: z.string(),
  tuf: z.string(),
  securesystemslib: z.string(),
});

const callSchema = z.strictObject({
  call: z.enum(["init", "refresh", "download"]),
  exit: z.int(),
  /** The last line that the client wrote to stderr; an object where that was JSON. */
  said: z.unknown(),
  /** Versions by role after the call; null where a file has none. */
  believed: z.record(z.string(), z.int().nullable()),
});
export type Call = z.infer<typeof callSchema>;

const testSchema = z.strictObject({ test: z.string(), passed: z.boolean(), calls: z.array(callSchema) });
export type TestRecord = z.infer<typeof testSchema>;
export type Run = { head: z.infer<typeof headSchema>; tests: TestRecord[] };

export function readRun(text: string): Run {
  const [head, ...tests] = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { head: headSchema.parse(head), tests: tests.map((test) => testSchema.parse(test)) };
}
