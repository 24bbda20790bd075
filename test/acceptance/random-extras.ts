import * as fc from 'fast-check'
import { isComparable, type RandomModels } from './random-models.ts'

/** Something in a database that models cannot say. */
export interface Extra {
  readonly sql: string
  /** Part of a fact of `readEverySide()` by which it is known again. */
  readonly mark: string
  /** Parts of models, as `partsOf()` names them: while all are there, so is this. */
  readonly needs: readonly string[]
}

type Table = RandomModels['tables'][number]

/** What a database built from `models` may hold beside. */
export function extrasOf(models: RandomModels): readonly Extra[] {
  const all = models.tables.flatMap(ofTable)
  const mood = {
    sql: "COMMENT ON TYPE mood IS 'mood'; GRANT USAGE ON TYPE mood TO pg_monitor",
    mark: 'comment type mood: mood',
    needs: ['enum mood'],
  }
  return models.mood === null ? all : [...all, mood]
}

export const someExtras = (models: RandomModels): fc.Arbitrary<readonly Extra[]> =>
  fc.subarray([...extrasOf(models)])

function ofTable(table: Table): readonly Extra[] {
  const name = qualified(table)
  const [plain] = table.columns
  const onTable: readonly Extra[] = [
    {
      sql: `COMMENT ON TABLE ${name} IS 'table ${name}'; GRANT SELECT ON ${name} TO pg_monitor WITH GRANT OPTION`,
      mark: `grant ${name}: pg_monitor=r*`,
      needs: [name],
    },
    {
      sql: `CREATE TRIGGER any_${table.name} AFTER INSERT OR DELETE ON ${name} FOR EACH ROW EXECUTE FUNCTION nothing()`,
      mark: `TRIGGER any_${table.name} `,
      needs: [name],
    },
    {
      sql: `ALTER TABLE ${name} REPLICA IDENTITY FULL, SET (fillfactor = 70)`,
      mark: `replica identity ${name}: f`,
      needs: [name],
    },
    {
      sql: `ALTER TABLE ${name} ADD CONSTRAINT apart_${table.name} EXCLUDE (id WITH =)`,
      mark: `constraint apart_${table.name} `,
      needs: [name],
    },
    ...(table.id.endsWith('serial')
      ? [
          {
            sql: `COMMENT ON SEQUENCE ${name}_id_seq IS 'numbers'; GRANT USAGE ON SEQUENCE ${name}_id_seq TO pg_monitor`,
            mark: `comment sequence ${name}_id_seq: numbers`,
            needs: [`${name}.id ${table.id}`],
          },
        ]
      : []),
    ...(table.view === 'none'
      ? []
      : [
          {
            sql: `COMMENT ON ${table.view === 'plain' ? '' : 'MATERIALIZED'} VIEW all_${table.name} IS 'view'; GRANT SELECT ON all_${table.name} TO pg_monitor`,
            mark: `grant all_${table.name}: pg_monitor=r`,
            needs: [`view ${table.view} ${name} ${shownBy(table)}`],
          },
        ]),
    ...(table.policy
      ? [
          {
            sql: `COMMENT ON POLICY ${table.name}_policy ON ${name} IS 'policy'`,
            mark: `comment policy ${table.name}_policy on table ${name}: policy`,
            needs: [`policy ${name}`],
          },
        ]
      : []),
  ]
  const onColumns = table.columns.flatMap((column) => ofColumn(table, column))
  const secured = plain &&
    !table.policy && {
      sql: `ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY by_hand ON ${name} USING (${plain.name} IS NOT NULL)`,
      mark: `policy by_hand on ${table.inSchema ? name : `public.${name}`} `,
      needs: [`${name}.${plain.name}`, `silent ${name}`],
    }
  return [...onTable, ...onColumns, ...(secured ? [secured] : [])]
}

function ofColumn(table: Table, { name: column, type, index }: Table['columns'][number]) {
  const name = qualified(table)
  const needs = [`${name}.${column}`]
  const extras: Extra[] = [
    {
      sql: `COMMENT ON COLUMN ${name}.${column} IS 'it''s ${column}'; ALTER TABLE ${name} ALTER ${column} SET STATISTICS 117`,
      mark: `column ${name}.${column} statistics 117`,
      needs,
    },
    {
      sql: `GRANT UPDATE (${column}), REFERENCES (${column}) ON ${name} TO pg_monitor`,
      mark: `grant ${name}.${column}: pg_monitor=wx`,
      needs,
    },
    {
      sql: `CREATE INDEX covering_${table.name}_${column} ON ${name} (id) INCLUDE (${column}) WITH (fillfactor = 80)`,
      mark: `INDEX covering_${table.name}_${column} `,
      needs,
    },
    {
      sql: `CREATE TRIGGER on_${table.name}_${column} BEFORE UPDATE OF ${column} ON ${name} FOR EACH ROW WHEN (NEW.${column} IS NOT NULL) EXECUTE FUNCTION nothing()`,
      mark: `TRIGGER on_${table.name}_${column} `,
      needs,
    },
  ]
  if (isComparable(type))
    extras.push({
      sql: `CREATE STATISTICS both_${table.name}_${column} ON id, ${column} FROM ${name}`,
      mark: `STATISTICS public.both_${table.name}_${column} `,
      needs: [`${name}.${column} comparable`],
    })
  if (index !== 'none' && isComparable(type))
    extras.push({
      sql: `COMMENT ON INDEX ${qualified({ ...table, name: `${table.name}_${column}_${index}_index` })} IS 'index'`,
      mark: `comment index ${qualified({ ...table, name: `${table.name}_${column}_${index}_index` })}: index`,
      needs: [`index ${name}.${column} ${index}`],
    })
  return extras
}

/** The parts of models that extras need. */
export function partsOf({ mood, tables }: RandomModels): ReadonlySet<string> {
  const parts = tables.flatMap((table) => {
    const name = qualified(table)
    return [
      name,
      `${name}.id ${table.id}`,
      table.policy ? `policy ${name}` : `silent ${name}`,
      `view ${table.view} ${name} ${shownBy(table)}`,
      ...table.columns.flatMap(({ name: column, type, index }) => [
        `${name}.${column}`,
        ...(isComparable(type)
          ? [`${name}.${column} comparable`, `index ${name}.${column} ${index}`]
          : []),
      ]),
    ]
  })
  return new Set(mood === null ? parts : [...parts, 'enum mood'])
}

export function qualified({ name, inSchema }: Pick<Table, 'name' | 'inSchema'>): string {
  return inSchema ? `shop.${name}` : name
}

const shownBy = ({ columns }: Table): string =>
  columns
    .slice(0, 2)
    .map(({ name }) => name)
    .join()

/** Fills the tables with up to `count` rows each, all of which point at the first; numbers go on behind 7. */
export function rowsOf({ mood, tables }: RandomModels, count: number): readonly string[] {
  if (count === 0 || tables.length === 0) return []
  const ids = new Map(tables.map(({ name, id }) => [name, id]))
  const inserts = tables.flatMap((table) =>
    Array.from({ length: count }, (_, at) => {
      const values = [
        ['id', idOf(table.id, at + 1)],
        ...table.columns.map(({ name, type }) => [name, valueFor(type, at, mood)]),
        ...table.references.map(({ table: to }) => [`${to}_id`, idOf(ids.get(to) ?? '', 1)]),
      ]
      const columns = values.map(([name]) => name).join(', ')
      const row = values.map(([, value]) => value).join(', ')
      return `INSERT INTO ${qualified(table)} (${columns}) OVERRIDING SYSTEM VALUE VALUES (${row}) ON CONFLICT DO NOTHING`
    }),
  )
  const positions = tables
    .filter(({ id }) => id !== 'uuid' && id !== 'integer')
    .map((table) => `SELECT setval(pg_get_serial_sequence('${qualified(table)}', 'id'), 107)`)
  // The rows point at one another in any order.
  return [
    ['BEGIN', "SET LOCAL session_replication_role = 'replica'", ...inserts, 'COMMIT'].join(';\n'),
    ...positions,
  ]
}

function idOf(id: string, number: number): string {
  return id === 'uuid' ? `'00000000-0000-0000-0000-00000000000${number}'` : `${number}`
}

function valueFor(type: string, at: number, mood: RandomModels['mood']): string {
  const n = at + 1
  const label = mood === null ? `a${at}` : mood[at % mood.length]
  if (type === 'mood') return `'${label}'`
  if (type === 'mood[]') return `'{${label}}'`
  if (type.startsWith('time')) return `'2020-01-0${n} 12:00:00.123456'`
  switch (type) {
    case 'boolean':
      return `${at === 0}`
    case 'date':
      return `'2020-01-0${n}'`
    case 'uuid':
      return idOf('uuid', n)
    case 'json':
    case 'jsonb':
      return `'{"a": ${n}}'`
    case 'text[]':
    case 'integer[]':
      return `'{${n},2}'`
    default:
      return `'${n}'`
  }
}
