/** Fetches the file rather than going to it, so that a refusal is said on the page and not in place of it. */
export async function exportFleet(query: string, ids: readonly string[] | null): Promise<void> {
  const answer = await fetch(`/export/fleet.csv${query === "" ? "" : `?${query}`}`, {
    ...(ids === null
      ? {}
      : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ids }) }),
  });
  if (!answer.ok) throw new ExportProblem(await readProblem(answer));
  const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1];
  save(await answer.blob(), name ?? "fleet.csv");
}

type Told = { code: string; params: Readonly<Record<string, string | number>> } | null;

/** `told`: the refusal as the server says it; null: it failed without one. */
export class ExportProblem extends Error {
  override readonly name = "ExportProblem";
  readonly told: Told;

  constructor(told: Told) {
    super(told?.code ?? "the export failed");
    this.told = told;
  }
}

async function readProblem(answer: Response): Promise<Told> {
  if (answer.headers.get("content-type")?.startsWith("application/json") !== true) return null;
  const body = (await answer.json()) as {
    refusal?: { code: string; params?: Record<string, string | number> };
  };
  return body.refusal === undefined ? null : { code: body.refusal.code, params: body.refusal.params ?? {} };
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
