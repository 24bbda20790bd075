import { isGuardedDdl, rowStatement } from '../../script/row-statement.ts'
import { saysMoreThanModels } from '../../script/says-more.ts'
import type { FreshUse } from '../../script/script.ts'
import { splitSql } from '../../script/split.ts'

/** What a statement makes, as far as models are concerned. */
interface Part {
  readonly is: 'model' | 'type' | 'function' | 'code' | 'insert' | 'change' | 'unknown'
  readonly sql: string
  /** Table of the rows or of the trigger, name of the function. */
  readonly name: string | null
}

/**
 * What a database that is made from the models does with each migration, by what stands in it; null where the models say all
 * of it, and where it is not certain: the chain is run then. Rows and code count as certain while nothing later changes the
 * table they need.
 */
export async function freshUses(
  migrations: readonly { readonly upgrade: string }[],
): Promise<readonly (FreshUse | null)[]> {
  const all = await Promise.all(migrations.map(({ upgrade }) => partsOf(upgrade)))
  return migrations.map(({ upgrade }, index) => {
    const parts = all[index] ?? []
    const said = parts.filter(({ is }) => is !== 'model')
    // The blocks that drizzle-kit writes around constraints look like code.
    if (said.length === 0) return saysMoreThanModels(upgrade) ? 'skip' : null
    const before = all.slice(0, index).flat()
    if (said.every(({ is }) => is === 'change')) return changeUse(said, before)
    const isMixed = said.length < parts.length || said.some(({ is }) => is === 'unknown')
    return isMixed ? null : useOf(said, all.slice(index + 1).flat(), all.flat())
  })
}

/** Tables without rows need no change. */
function changeUse(changes: readonly Part[], before: readonly Part[]): FreshUse | null {
  const isEmpty = changes.every(({ name }) =>
    before.every((part) => part.is !== 'unknown' && (part.is !== 'insert' || part.name !== name)),
  )
  return isEmpty ? 'skip' : null
}

function useOf(
  said: readonly Part[],
  later: readonly Part[],
  all: readonly Part[],
): FreshUse | null {
  const isEarly = (part: Part) =>
    part.is === 'type' || (part.is === 'function' && all.some((other) => leansOn(other, part)))
  if (said.every(isEarly)) return 'before'
  if (said.some(isEarly)) return null
  const tables = said.flatMap(({ is, name }) => (is === 'function' ? [] : (name ?? [])))
  return later.some((part) => tables.some((table) => changesShape(part, table))) ? null : 'run'
}

function leansOn({ is, sql }: Part, { name }: Part): boolean {
  return is === 'model' && name !== null && mentions(sql, name)
}

function changesShape({ is, sql }: Part, table: string): boolean {
  return is === 'model' && /\b(?:DROP|RENAME|TYPE|NULL)\b/i.test(sql) && mentions(sql, table)
}

function mentions(sql: string, name: string): boolean {
  const plain = name.replace(/^.*\./s, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![\\w$])${plain}(?![\\w$])`, 'i').test(sql)
}

async function partsOf(upgrade: string): Promise<readonly Part[]> {
  try {
    return (await splitSql(upgrade, { file: '' })).map(({ sql }) => partOf(sql))
  } catch {
    return [{ is: 'unknown', sql: upgrade, name: null }]
  }
}

const routine =
  /^CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE|AGGREGATE)\s+((?:"[^"]+"|[\w$.])+)/i
const early =
  /^CREATE\s+(?:EXTENSION|DOMAIN|COLLATION|TYPE\s+\S+\s+AS\s*(?:\(|RANGE\b))|^CREATE\s+SCHEMA\s+IF\b.*\bextensions\b/i
const trigger =
  /^(?:CREATE|DROP|ALTER)\s+(?:OR\s+REPLACE\s+)?(?:CONSTRAINT\s+|EVENT\s+)?(?:TRIGGER|RULE|FUNCTION|PROCEDURE)\b(?:.*?\b(?:ON|TO)\s+((?:"[^"]+"|[\w$.])+))?/is
function partOf(sql: string): Part {
  if (isGuardedDdl(sql)) return { is: 'model', sql, name: null }
  const made = routine.exec(sql)
  if (made !== null) return { is: 'function', sql, name: plain(made[1]) }
  if (early.test(sql)) return { is: 'type', sql, name: null }
  const on = trigger.exec(sql)
  if (on !== null) return { is: 'code', sql, name: plain(on[1]) }
  const rows = rowStatement(sql)
  if (rows === null) return { is: 'model', sql, name: null }
  if (rows.table === null) return { is: 'unknown', sql, name: null }
  return { is: rows.does, sql, name: rows.table }
}

const plain = (written: string | undefined) => written?.replaceAll('"', '') ?? null
