import { searchPathStatement } from '../autogenerate/catalog/scope.ts'
import { comparedObjects } from '../changes/object-filter.ts'
import type { Config } from '../config/resolve-config.ts'
import { isServerError } from '../database/server-error.ts'
import { LimbeckError } from '../errors.ts'
import { keyOf } from '../schema/names.ts'
import type { ObjectName } from '../schema/schema.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Session } from '../session/session.ts'
import { withBuiltChain } from './build-scratch.ts'
import { type CatalogDifference, describeDifference } from './catalog-objects.ts'
import { inTransaction, readSchemas, type SchemaState } from './derive/state.ts'
import { statementsBetween } from './derive/statements-between.ts'

/** The revision whose schema differs least from a database. */
export interface Nearest {
  readonly revision: string
  /** Version rows of the chain up to it. */
  readonly rows: readonly string[]
  /** The database is on the left. */
  readonly differences: readonly CatalogDifference[]
  /** Schemas to compare beside the target schema. */
  readonly schemas: readonly string[]
}

const longestList = 20

/** Says what differs, in words and as the SQL that makes the database equal to the revision; `longestSql` in characters. */
export async function notEqual(
  session: Session,
  revisions: Revisions,
  nearest: Nearest,
  longestSql: number,
): Promise<LimbeckError> {
  const { revision, rows, differences } = nearest
  const lines = differences
    .slice(0, longestList)
    .map((difference) => describeDifference(difference, ['the database', revision]))
  const more =
    differences.length > longestList ? [`and ${differences.length - longestList} more`] : []
  const name = `${revision} (${revisions.scripts.get(revision)?.message ?? ''})`
  const sql = await differenceSql(session, revisions, nearest, name)
  const isShown = typeof sql === 'string' && sql.length <= longestSql
  const lead = isShown ? ', as `sql` does,' : ''
  return new LimbeckError(
    'LIMBECK_LEGACY_DATABASE',
    `no revision has the schema of this database; nearest is ${name}, with ${differences.length} difference(s). Nothing was changed.`,
    {
      revision,
      detail: [...lines, ...more, ...notWritten(sql, isShown)].join('\n'),
      ...(isShown && { sql }),
      hint: `Make the database equal to it${lead} and try again; or adopt it as it is: \`npx limbeck stamp ${rows.join(' ')}\`.`,
    },
  )
}

function notWritten(sql: string | Error, isShown: boolean): readonly string[] {
  if (isShown) return []
  return typeof sql === 'string'
    ? [`the SQL for it has ${sql.length} characters: \`npx limbeck stamp --detect --json\` has it`]
    : [`it cannot be written as SQL: ${sql.message}`]
}

/** A transaction for psql; the error where it cannot be told: the differences themselves are the news. */
async function differenceSql(
  session: Session,
  revisions: Revisions,
  { rows, schemas }: Nearest,
  name: string,
): Promise<string | Error> {
  const read = (of: Session) => inTransaction(of, () => readSchemas(of, schemas))
  try {
    const there = await withBuiltChain(session.config, revisions, read, rows)
    const here = await read(session)
    const { sql, left } = await statementsBetween(
      session,
      compared(here, session.config, there),
      compared(there, session.config, there),
      { renames: [], transactional: true },
    )
    const notes = [
      `Makes the schema of this database that of ${name}.`,
      ...left.map((label) => `Not written: ${label}`),
    ]
    if (sql === '') return new TypeError(`no short statement changes ${left.join(', ') || 'it'}`)
    return [
      ...notes.map((note) => `-- ${note.replace(/\s+/g, ' ')}`),
      'BEGIN;',
      `${searchPathStatement(here.scope)};`,
      `\n${sql}\n`,
      'COMMIT;',
    ].join('\n')
  } catch (error) {
    if (isCancelled(error)) throw error
    if (isServerError(error) || error instanceof LimbeckError) return error
    throw error
  }
}

const isCancelled = (error: unknown) =>
  error instanceof LimbeckError && error.code === 'LIMBECK_CANCELLED'

/** What detecting looks at: no ignored tables, and no extension that only the database has. */
function compared(state: SchemaState, config: Config, revision: SchemaState): SchemaState {
  const isCompared = comparedObjects(config)
  const isTable = (table: ObjectName) => isCompared({ ...table, kind: 'table' })
  const known = new Set(revision.extras.map(({ label }) => label))
  const ignored = new Set(state.snapshot.tables.filter((one) => !isTable(one)).map(keyOf))
  return {
    ...state,
    snapshot: { ...state.snapshot, tables: state.snapshot.tables.filter(isTable) },
    extras: state.extras.filter(
      ({ label, on }) =>
        (known.has(label) || !label.startsWith('extension ')) &&
        !(on !== null && ignored.has(keyOf(on))),
    ),
  }
}
