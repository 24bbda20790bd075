import { searchPathStatement } from '../../autogenerate/catalog/scope.ts'
import type { Config } from '../../config/resolve-config.ts'
import { isServerError } from '../../database/server-error.ts'
import type { CompiledStep } from '../../run/compile-step.ts'
import type { Revisions } from '../../script/revisions.ts'
import { isGuardedDdl, type RowStatement, rowStatement } from '../../script/row-statement.ts'
import type { Session } from '../../session/session.ts'
import { buildChain } from '../build-scratch.ts'
import { renamesBetween } from './names.ts'
import { readObjectNames } from './object-names.ts'
import { emptyState, inTransaction, type ReplayedState, readState } from './state.ts'
import { statementsBetween } from './statements-between.ts'

/** The downgrade of one revision, as the states before and after it tell it. */
export interface Derived {
  /** Null where there is none. */
  readonly downgrade: string | null
  /** What it does not undo; without a downgrade, why there is none. */
  readonly left: readonly string[]
}

/**
 * Replays the chain in a scratch database and derives the downgrade of each revision from what differs between the state
 * before and the state after it. Each is tried there. Throws what the replay fails with.
 */
export async function deriveDowngrades(
  config: Config,
  revisions: Revisions,
): Promise<ReadonlyMap<string, Derived>> {
  const derived = new Map<string, Derived>()
  let before = emptyState
  await buildChain(config, revisions, async (step, session) => {
    const after = await inTransaction(session, () => readState(session))
    derived.set(step.script.id, await derive(session, step, before, after))
    before = after
  })
  return derived
}

async function derive(
  session: Session,
  step: CompiledStep,
  before: ReplayedState,
  after: ReplayedState,
): Promise<Derived> {
  const statements = step.body.kind === 'sql' ? step.body.statements.map(({ sql }) => sql) : []
  if (statements.length === 0) return { downgrade: '', left: [] }
  const rows = rowsLeft(statements, before)
  const renames = renamesBetween(after.names, before.names, session.config.schema)
  const { transactional } = step.script
  const derived = await statementsBetween(session, after, before, { renames, transactional })
  if (derived.sql === '' && rows.length === 0 && statements.every(isSeen))
    return { downgrade: "SELECT 'the schema is the same before and after';", left: [] }
  if (derived.sql === '') {
    const left = [...derived.left, ...rows]
    return { downgrade: null, left: left.length > 0 ? left : [unseen(statements[0] ?? '')] }
  }
  const failed = await tryOut(session, derived.sql, before, after)
  if (typeof failed === 'string') return { downgrade: null, left: [failed] }
  return { downgrade: derived.sql, left: [...derived.left, ...failed, ...rows] }
}

/** Rows of tables that were there before: what was in them is not known. */
function rowsLeft(statements: readonly string[], { snapshot }: ReplayedState): readonly string[] {
  const isOld = ({ table }: RowStatement) =>
    table === null ||
    snapshot.tables.some(({ schema, name }) =>
      [name, `${schema ?? 'public'}.${name}`].includes(table),
    )
  return statements.flatMap((sql) => {
    if (/^(?:GRANT|REVOKE|COMMENT|ALTER\s+DEFAULT)\b/i.test(sql)) return [unseen(sql)]
    const found = rowStatement(sql)
    return found !== null && isOld(found) && !isGuardedDdl(sql)
      ? [`what ${firstLine(sql)} does to rows`]
      : []
  })
}

/** Whatever such a statement does, the catalog shows. */
const isSeen = (sql: string) =>
  /^(?:CREATE|DROP|ALTER)\s+(?:UNIQUE\s+)?(?:INDEX|TABLE|TYPE|SCHEMA|VIEW|SEQUENCE|POLICY)\b/i.test(
    sql,
  ) || isGuardedDdl(sql)

const unseen = (sql: string) => `what ${firstLine(sql)} does`

function firstLine(sql: string): string {
  const text = sql.replace(/\s+/g, ' ')
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** What it leaves otherwise than it was; as text, why PostgreSQL refuses it. */
async function tryOut(
  session: Session,
  sql: string,
  before: ReplayedState,
  after: ReplayedState,
): Promise<readonly string[] | string> {
  try {
    return await inTransaction(session, async () => {
      const { connection } = session
      if (after.scope !== null) await connection.query(searchPathStatement(after.scope))
      await connection.query(sql)
      const found = await readObjectNames(connection, session.config)
      return [
        ...[...found].filter((object) => !before.objects.has(object)),
        ...[...before.objects]
          .filter((object) => !found.has(object))
          .map((object) => `${object}, gone`),
      ]
    })
  } catch (error) {
    if (!isServerError(error)) throw error
    return `PostgreSQL refuses what was derived: ${firstLine(error.message)}`
  }
}
