import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import pg from "pg";
import { openClient } from "#server/database/client.ts";
import { StartError } from "#server/start-error.ts";

export const APP_ROLE = "fid_app";
const WRONG_PASSWORD = "28P01";
const NO_SUCH_ROLE = "28000";

/**
 * The connection string of fid_app on the owner's server. Its password is derived from the owner's, so that any number of server
 * processes agree on it without sharing a file, and the web process that holds it cannot find the owner's.
 */
export function appUrlFrom(ownerUrl: string): string {
  const url = new URL(ownerUrl);
  url.username = APP_ROLE;
  if (url.password !== "") url.password = derivedPassword(decodeURIComponent(url.password));
  return url.toString();
}

function derivedPassword(ownerPassword: string): string {
  return createHmac("sha256", ownerPassword).update(`fiducial.password.v1\0${APP_ROLE}`).digest("base64url");
}

/**
 * Makes sure that fid_app can sign in, sets its password if it cannot, and refuses a role that row-level security does not bind.
 * @throws StartError with the sentence for the administrator
 */
export async function prepareAppRole(ownerUrl: string, appUrl: string): Promise<void> {
  const role = await signIn(appUrl).catch(async (error: unknown) => {
    const password = decodeURIComponent(new URL(appUrl).password);
    const { code } = error as { code?: unknown };
    if (password === "" || (code !== WRONG_PASSWORD && code !== NO_SUCH_ROLE)) throw refusedSignIn(error);
    await setPassword(ownerUrl, password);
    return await signIn(appUrl).catch((again: unknown) => {
      throw refusedSignIn(again);
    });
  });
  if (!role.bound) {
    throw new StartError(
      "database-rights",
      `The role ${role.name} is a superuser, bypasses row-level security or owns the tables, so it would see every site: FIDUCIAL_APP_DATABASE_URL must sign in as ${APP_ROLE}.`,
    );
  }
}

async function signIn(appUrl: string): Promise<{ name: string; bound: boolean }> {
  const client = openClient({ connectionString: appUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string; bound: boolean }>(`
      select current_user::text as name, not (rolsuper or rolbypassrls or rolcreaterole
        or pg_has_role(current_user, (select tableowner from pg_tables where tablename = 'Site' and schemaname = 'public'), 'member')) as bound
      from pg_roles where rolname = current_user`);
    return rows[0] ?? { name: "", bound: false };
  } finally {
    await client.end();
  }
}

function refusedSignIn(error: unknown): StartError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StartError(
    "database-rights",
    `The database does not let ${APP_ROLE} in (${reason}): set FIDUCIAL_APP_DATABASE_URL with its password.`,
    error,
  );
}

/** Sent as a SCRAM verifier: the password itself would stand in the server's log where statements are logged. */
async function setPassword(ownerUrl: string, password: string): Promise<void> {
  const client = openClient({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(`alter role ${APP_ROLE} password ${pg.escapeLiteral(scramVerifier(password))}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(
      "database-rights",
      `The password of ${APP_ROLE} cannot be set (${reason}): set it on the database server and name it in FIDUCIAL_APP_DATABASE_URL.`,
      error,
    );
  } finally {
    await client.end();
  }
}

/** RFC 5802 with SHA-256 in PostgreSQL's form: SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>. */
function scramVerifier(password: string, salt: Buffer = randomBytes(16), iterations = 4096): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const keyed = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(keyed("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${keyed("Server Key").toString("base64")}`;
}
