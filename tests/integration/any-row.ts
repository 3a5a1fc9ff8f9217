import { randomUUID } from "node:crypto";
import type pg from "pg";

type Column = { name: string; type: string; needed: boolean };

/** Tables of the application that carry a site, read from the database so that a new one cannot be forgotten. */
export async function tablesWithSite(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ table_name: string }>(
    `select table_name from information_schema.columns where table_schema = 'public' and column_name = 'siteId' order by 1`,
  );
  return rows.map(({ table_name: name }) => name);
}

/** A row that satisfies every NOT NULL, whatever the table's columns are; of `fixed` it takes the columns that the table has. */
export async function anyRow(
  client: pg.Client,
  table: string,
  fixed: Record<string, unknown>,
): Promise<{ sql: string; values: unknown[] }> {
  const { rows } = await client.query<Column>(
    `select column_name as name, udt_name as type, is_nullable = 'NO' and column_default is null as needed
     from information_schema.columns where table_schema = 'public' and table_name = $1`,
    [table],
  );
  const row: Record<string, unknown> = {};
  for (const { name, type, needed } of rows) {
    if (Object.hasOwn(fixed, name)) row[name] = fixed[name];
    else if (needed) row[name] = anyValue(type, `${table}.${name}`);
  }
  const names = Object.keys(row);
  const columns = names.map((name) => `"${name}"`).join(", ");
  const places = names.map((_, index) => `$${index + 1}`).join(", ");
  return { sql: `insert into "${table}" (${columns}) values (${places})`, values: Object.values(row) };
}

function anyValue(type: string, where: string): unknown {
  const make = VALUES[type];
  if (make === undefined) throw new Error(`no value of type ${type} for ${where}`);
  return make();
}

const VALUES: Record<string, () => unknown> = {
  uuid: () => randomUUID(),
  text: () => randomUUID(),
  int4: () => 1,
  int8: () => 1,
  float8: () => 1.5,
  bool: () => true,
  jsonb: () => "{}",
  bytea: () => Buffer.of(1),
  timestamptz: () => new Date(),
};
