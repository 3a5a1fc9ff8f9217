import { isStorePath } from "#core/closure/store-path.ts";

/** The closure a boot entry starts: its kernel parameter `init=<closure>/init`. */
export function systemOfEntry(text: string): string | null {
  const init = /^\s*options\s(?:.*\s)?init=(\/\S+)\/init(?:\s|$)/m.exec(text)?.[1];
  return init !== undefined && isStorePath(init) ? init : null;
}
