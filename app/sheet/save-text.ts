import type { SheetText } from "#server/sheet/view.ts";

/** Hands a sheet to the browser as a file of its name. */
export function saveText({ fileName, text }: SheetText): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}
