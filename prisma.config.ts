import { fileURLToPath } from "node:url";
import { defineConfig } from "prisma/config";

/**
 * Prisma's command line wants a native engine that only a download could bring; ours speaks its protocol from the npm packages
 * alone (docs/decisions). It is hooked in here so that nobody has to set a variable. Windows cannot spawn a script: there
 * Prisma fetches its own.
 */
if (process.platform !== "win32") {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= fileURLToPath(
    new URL("./scripts/schema-engine.mjs", import.meta.url),
  );
}

const url = process.env.DATABASE_URL;
const shadowDatabaseUrl = process.env.SHADOW_DATABASE_URL;

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  ...(url === undefined
    ? {}
    : { datasource: { url, ...(shadowDatabaseUrl === undefined ? {} : { shadowDatabaseUrl }) } }),
});
