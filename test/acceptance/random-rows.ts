import type { RandomModels } from './random-models.ts'
import { named, qualified } from './random-parts.ts'

/** Fills the tables with up to `count` rows each, all of which point at the first; numbers go on behind 7. */
export function rowsOf({ mood, tables }: RandomModels, count: number): readonly string[] {
  if (count === 0 || tables.length === 0) return []
  const ids = new Map(tables.map(({ key, id }) => [key, id]))
  const inserts = tables.flatMap((table) =>
    Array.from({ length: count }, (_, at) => {
      const values = [
        ['id', idOf(table.id, at + 1)],
        ...table.columns.map(({ name, type }) => [named(name), valueFor(type, at, mood)]),
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
