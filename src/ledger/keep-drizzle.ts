import { quoteLiteral } from '../sql/quote.ts'
import type { Keeper, KeptMigration } from './keeper.ts'

/** drizzle 0.x knows hash and time alone; 1.0 keeps names, too, in a table that it widens itself. */
export const keepDrizzle: Keeper = {
  create(table, areFolders) {
    const columns = ['id serial PRIMARY KEY', 'hash text NOT NULL', 'created_at bigint']
    const later = ['name text', 'applied_at timestamp with time zone DEFAULT now()']
    return [`CREATE TABLE ${table} (${[...columns, ...(areFolders ? later : [])].join(', ')})`]
  },
  declare: (
    table,
  ) => `  is_named pg_catalog.bool := EXISTS (SELECT FROM pg_attribute WHERE attrelid = ${quoteLiteral(table)}::regclass
                                AND attname = 'name' AND NOT attisdropped);`,
  has,
  add(table, { entry: { name, when, hashes } }) {
    const values = `${quoteLiteral(hashes[0] ?? '')}, ${timeOf(when)}`
    return `IF is_named THEN
      INSERT INTO ${table} (hash, created_at, name) VALUES (${values}, ${quoteLiteral(name)});
    ELSE
      INSERT INTO ${table} (hash, created_at) VALUES (${values});
    END IF;`
  },
  remove: (table, migration) => `DELETE FROM ${table} WHERE ${has(migration)};
  IF is_named THEN
    DELETE FROM ${table} WHERE name = ${quoteLiteral(migration.entry.name)};
  END IF;`,
}

function has({ entry: { when, hashes } }: KeptMigration): string {
  const list = hashes.map((hash) => quoteLiteral(hash)).join(', ')
  return `(hash IN (${list}) AND created_at = ${timeOf(when)})`
}

const timeOf = (when: number | null) => (when === null ? 'NULL' : String(when))
