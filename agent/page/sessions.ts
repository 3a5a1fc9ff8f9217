import type { System } from "#agent/system.ts";

/** Somebody logged in, as logind keeps it in a file that everybody may read (sd-login(3) reads the same). */
export type Session = { user: string; service: string; host: string | null; sinceMs: number | null };

const FOLDER = "/run/systemd/sessions";
const MOST = 16;

/** Null: this host keeps no such list. */
export async function readSessions(system: Pick<System, "list" | "readText">): Promise<Session[] | null> {
  const names = await system.list(FOLDER);
  if (!names.ok) return null;
  const numbered = names.value.filter((name) => /^[a-z]?[0-9]+$/.test(name)).slice(0, MOST);
  const texts = await Promise.all(numbered.map((name) => system.readText(`${FOLDER}/${name}`, 8 * 1024)));
  return texts.flatMap((text) => (text.ok ? sessionOf(text.value) : []));
}

function sessionOf(text: string): Session[] {
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1]?.slice(0, 200) ?? null;
  // A service's own session (class manager, background) is nobody at the scanner.
  if (!["user", "greeter"].includes(value("CLASS") ?? "user") || value("STATE") === "closing") return [];
  const sinceUs = Number(value("REALTIME"));
  return [
    {
      user: value("USER") ?? "",
      service: value("SERVICE") ?? "",
      host: value("REMOTE_HOST"),
      sinceMs: Number.isSafeInteger(sinceUs) && sinceUs > 0 ? Math.trunc(sinceUs / 1000) : null,
    },
  ];
}
