import { dirname } from 'node:path'
import { LimbeckError } from '../../errors.ts'
import { invalidFile } from '../../script/invalid-file.ts'
import { readText } from '../../script/read-text.ts'
import type { Statement } from '../../script/script.ts'
import { splitSql } from '../../script/split.ts'
import { needsOwnTransaction } from '../../script/units.ts'
import { sqlParts } from '../../sql/text.ts'
import { type AlembicFacts, readAlembicFacts } from './alembic-facts.ts'
import type { ForeignMigration } from './migration.ts'
import { withEnds } from './with-ends.ts'

/**
 * The migrations in a script of Alembic's offline mode: what stands below each `-- Running upgrade a -> b`, and below
 * `-- Running downgrade b -> a` where the script has these, too. What Alembic does to its own table is left out. Messages,
 * dates, labels and depends_on are those of the files in Python, where they are found beside the script.
 */
export async function readAlembicScript(file: string): Promise<readonly ForeignMigration[]> {
  const text = await readScript(file)
  const facts = await readAlembicFacts(dirname(file))
  const parts = sections(text)
  const downgrades = new Map<string, Body>()
  for (const part of parts)
    if (part.direction === 'downgrade') downgrades.set(part.from[0] ?? '', await bodyOf(part, file))
  const migrations: ForeignMigration[] = []
  const ids = new Set<string>()
  for (const part of parts) {
    const [id = ''] = part.to
    if (part.direction === 'downgrade' || ids.has(id)) continue
    const missing = part.from.find((parent) => !ids.has(parent))
    if (missing !== undefined) throw notFromBase(file, part, missing)
    const body = await bodyOf(part, file)
    migrations.push(migrationOf(part, body, downgrades.get(id), facts.get(id)))
    ids.add(id)
  }
  return migrations
}

async function readScript(file: string): Promise<string> {
  try {
    return await readText(file)
  } catch (cause) {
    throw new LimbeckError('LIMBECK_FOLDER_EMPTY', `cannot read ${file}`, {
      cause,
      file,
      hint: 'Name a script of Alembic: `alembic upgrade base:heads --sql > alembic.sql`, then `npx limbeck import alembic alembic.sql`.',
    })
  }
}

function notFromBase(file: string, { line, to }: Section, missing: string): LimbeckError {
  return invalidFile(
    file,
    line,
    `has the migration ${to.join(', ')} and not ${missing}, which it revises`,
    'Write the script from the beginning: `alembic upgrade base:heads --sql`.',
  )
}

/** What stands below one `-- Running …`. */
interface Section {
  readonly direction: 'upgrade' | 'downgrade'
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly sql: string
  /** 1-based line of the script on which `sql` begins. */
  readonly line: number
}

const running = /^-- Running (upgrade|downgrade) (.*?) ?-> ?(.*)$/

/** A marker inside of a string or a function body does not count. */
function sections(text: string): readonly Section[] {
  const marks = [...sqlParts(text)].flatMap(({ kind, start, end }) => {
    const match = kind === 'line comment' ? running.exec(text.slice(start, end).trimEnd()) : null
    return match === null ? [] : [{ match, start, end }]
  })
  return marks.map(
    ({ match: [, direction, from = '', to = ''], end }, index): Section => ({
      direction: direction === 'downgrade' ? 'downgrade' : 'upgrade',
      from: idsIn(from),
      to: idsIn(to),
      sql: text.slice(end, marks[index + 1]?.start ?? text.length),
      line: text.slice(0, end).split('\n').length,
    }),
  )
}

const idsIn = (list: string) => list.split(',').flatMap((id) => id.trim() || [])

interface Body {
  readonly sql: string
  readonly transactional: boolean
  /** Rows of other migrations that it takes away: Alembic leaves the row of what something depends on out of its table. */
  readonly removed: readonly string[]
}

async function bodyOf({ sql, line }: Section, file: string): Promise<Body> {
  const statements = await splitSql(sql, { file, firstLine: line })
  const { from, to } = ownRange(statements)
  const kept = statements.slice(from, to)
  const lineOf = (statement: Statement | undefined) => statement && statement.line - line
  const lines = sql.split('\n').slice(from === 0 ? 0 : lineOf(kept[0]), lineOf(statements[to]))
  const text = kept.length === 0 ? '' : lines.join('\n').trim()
  const transactional = !kept.some(needsOwnTransaction)
  return {
    sql: transactional ? text : await withEnds(text, file),
    transactional,
    removed: statements.slice(to).flatMap(({ sql }) => whereRow.exec(sql)?.[1] ?? []),
  }
}

const versionRow = /^(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+([^\s(]+)[^';]*\bversion_num\b/i
const whereRow = /\bversion_num\s*=\s*'([^']*)'\s*$/i

/** Without the rows of Alembic's table, which stand last, and the ends of transactions that only stand around a body. */
function ownRange(statements: readonly Statement[]): { from: number; to: number } {
  const tableOf = (statement: Statement | undefined) => versionRow.exec(statement?.sql ?? '')?.[1]
  const last = statements.findLastIndex((statement) => tableOf(statement) !== undefined)
  const table = tableOf(statements[last])
  const isEnd = (index: number) => statements[index]?.kind.is === 'transaction'
  let to = last === -1 ? statements.length : last + 1
  while (to > 0 && (isEnd(to - 1) || (last !== -1 && tableOf(statements[to - 1]) === table)))
    to -= 1
  let from = 0
  while (from < to && isEnd(from)) from += 1
  return { from, to }
}

function migrationOf(
  { from, to: [id = ''] }: Section,
  { sql, transactional, removed }: Body,
  downgrade: Body | undefined,
  facts: AlembicFacts | undefined,
): ForeignMigration {
  const others = removed.filter((row) => row !== id && !from.includes(row))
  const isOne = transactional && downgrade?.transactional !== false
  // Beside a body that is no transaction, one that is says so itself.
  const whole = (body: Pick<Body, 'sql' | 'transactional'>) =>
    isOne || !body.transactional || body.sql === '' ? body.sql : `BEGIN;\n${body.sql}\nCOMMIT;`
  return {
    message: facts?.message ?? `revision ${id} of Alembic`,
    created: facts?.created ?? null,
    upgrade: whole({ sql, transactional }),
    downgrade: downgrade === undefined ? null : whole(downgrade),
    transactional: isOne,
    text: sql,
    node: {
      id,
      parents: from,
      labels: facts?.labels ?? [],
      dependsOn: facts?.dependsOn ?? others,
    },
  }
}
