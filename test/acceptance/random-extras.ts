import * as fc from 'fast-check'
import { extrasOfColumn } from './random-column-extras.ts'
import type { RandomModels, RandomTable } from './random-models.ts'
import { moodName, named, qualified, viewPart, within } from './random-parts.ts'

/** Something in a database that models cannot say. */
export interface Extra {
  readonly sql: string
  /** Part of a fact of `readEverySide()` by which it is known again. */
  readonly mark: string
  /** Parts of models, as `partsOf()` names them: while all are there, so is this. None: it may be in the way, and go. */
  readonly needs: readonly string[] | null
}

/** What a database built from `models` may hold beside. */
export function extrasOf(models: RandomModels, version: number): readonly Extra[] {
  const all = models.tables.flatMap((table) => [
    ...ofTable(table),
    ...ofParts(table),
    ...table.columns.flatMap((column) => extrasOfColumn(table, column, version)),
  ])
  const name = moodName(models)
  const mood = {
    sql: `COMMENT ON TYPE ${name} IS 'mood'; GRANT USAGE ON TYPE ${name} TO pg_monitor`,
    mark: `comment type ${name}: mood`,
    needs: [name],
  }
  return models.mood === null ? all : [...all, mood]
}

export const someExtras = (models: RandomModels, version: number): fc.Arbitrary<readonly Extra[]> =>
  fc.subarray([...extrasOf(models, version)])

function ofTable(table: RandomTable): readonly Extra[] {
  const name = qualified(table)
  const { key } = table
  const [plain] = table.columns
  const secured = plain &&
    table.policy === 'silent' && {
      sql: `ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY by_hand ON ${name} USING (${named(plain.name)} IS NOT NULL)`,
      mark: `policy by_hand on ${table.inSchema ? name : `public.${name}`} `,
      needs: [`${name}.${plain.name}`, `silent ${name}`],
    }
  return [
    {
      sql: `COMMENT ON TABLE ${name} IS 'table ${name}'; GRANT SELECT ON ${name} TO pg_monitor WITH GRANT OPTION`,
      mark: `grant ${name}: pg_monitor=r*`,
      needs: [name],
    },
    {
      sql: `CREATE TRIGGER any_${key} AFTER INSERT OR DELETE ON ${name} FOR EACH ROW EXECUTE FUNCTION nothing()`,
      mark: `TRIGGER any_${key} `,
      needs: [name],
    },
    {
      sql: `ALTER TABLE ${name} REPLICA IDENTITY FULL, SET (fillfactor = 70)`,
      mark: `replica identity ${name}: f`,
      needs: [name],
    },
    {
      sql: `ALTER TABLE ${name} ADD CONSTRAINT apart_${key} EXCLUDE (id WITH =)`,
      mark: `constraint apart_${key} `,
      needs: [name],
    },
    {
      sql: `CREATE TABLE beside.points_${key} AS SELECT id FROM ${name}; ALTER TABLE beside.points_${key} ADD CONSTRAINT points_${key} FOREIGN KEY (id) REFERENCES ${name} (id) NOT VALID`,
      mark: `constraint points_${key} `,
      needs: null,
    },
    {
      sql: `CREATE RULE rule_${key} AS ON DELETE TO ${name} WHERE old.id IS NULL DO INSTEAD NOTHING`,
      mark: `rule rule_${key} on ${name}`,
      needs: [name],
    },
    ...(secured ? [secured] : []),
  ]
}

function ofParts(table: RandomTable): readonly Extra[] {
  const name = qualified(table)
  const { key, id, view, policy } = table
  const sequence = within(table, `${table.name}_id_seq`)
  const kind = view === 'materialized' ? 'MATERIALIZED VIEW' : 'VIEW'
  const extras: (Extra | false)[] = [
    /serial$/.test(id) && {
      sql: `COMMENT ON SEQUENCE ${sequence} IS 'numbers'; GRANT USAGE ON SEQUENCE ${sequence} TO pg_monitor`,
      mark: `comment sequence ${sequence}: numbers`,
      needs: [`${name}.id ${id}`],
    },
    view !== 'none' && {
      sql: `COMMENT ON ${kind} all_${key} IS 'view'; GRANT SELECT ON all_${key} TO pg_monitor`,
      mark: `grant all_${key}: pg_monitor=r`,
      needs: [viewPart(table)],
    },
    view === 'materialized' && {
      sql: `CREATE UNIQUE INDEX seen_${key} ON all_${key} (id) WITH (fillfactor = 60); COMMENT ON INDEX seen_${key} IS 'seen'`,
      mark: `comment index seen_${key}: seen`,
      needs: [viewPart(table)],
    },
    policy !== 'silent' &&
      policy !== 'security alone' && {
        sql: `COMMENT ON POLICY ${key}_policy ON ${name} IS 'policy'`,
        mark: `comment policy ${key}_policy on table ${name}: policy`,
        needs: [`policy ${policy} ${key}_policy on ${name}`],
      },
  ]
  return extras.filter((extra) => extra !== false)
}
