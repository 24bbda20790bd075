import type { Connection } from '../../database/connection.ts'
import type { ServerError } from '../../database/server-error.ts'
import { columnKey } from '../../schema/names.ts'
import type { ColumnSnapshot, Snapshot, TableSnapshot } from '../../schema/snapshot.ts'
import type { Warning } from '../first-causes.ts'
import { labelOf } from '../labels.ts'
import { attempt } from './build-steps.ts'
import { inDiscardedSavepoint } from './discarded-transaction.ts'

interface Given {
  readonly table: TableSnapshot
  readonly column: ColumnSnapshot
  /** The constant. */
  readonly value: string
}

/**
 * Constant defaults of `after` that no row can have: PostgreSQL takes them with the table and refuses every insert that leans
 * on them, such as `varchar(2) DEFAULT 'abcdef'`. What `before` has as well is not changed here.
 */
export async function refusedDefaults(
  connection: Connection,
  before: Snapshot,
  after: Snapshot,
): Promise<readonly Warning[]> {
  const given = newConstants(before, after)
  if (given.length === 0) return []
  return await inDiscardedSavepoint(connection, async () => {
    await connection.query(`CREATE SCHEMA ${SCHEMA}`)
    const warnings: Warning[] = []
    for (let first = 0; first < given.length; first += AT_ONCE)
      warnings.push(...(await refusedOf(connection, given.slice(first, first + AT_ONCE))))
    return warnings
  })
}

const SCHEMA = 'limbeck_defaults'
/** Columns of one row: it has to fit a page. */
const AT_ONCE = 100

function newConstants(before: Snapshot, after: Snapshot): readonly Given[] {
  const old = new Map(
    before.tables.flatMap((table) =>
      table.columns.map((column) => [columnKey(table, column.name), column] as const),
    ),
  )
  return after.tables.flatMap((table) =>
    table.columns.flatMap((column) => {
      const value = column.default
      const live = old.get(columnKey(table, column.name))
      // The values of an enum are looked at when the table is made.
      if (value === undefined || column.enum !== undefined || !isConstant(value)) return []
      return live?.default === value && live.type === column.type ? [] : [{ table, column, value }]
    }),
  )
}

const LITERAL = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[BEX]?'(?:[^']|'')*'|true|false`
const CAST = String.raw`::[\w ".]+(?:\([\d, ]+\))?[\w ]*(?:\[\])*`
const CONSTANT = new RegExp(`^\\(*(?:${LITERAL})\\)*(?:(?:${CAST})\\)*)*$`, 'i')

/** What anything else comes to is known only when it is run. */
function isConstant(expression: string): boolean {
  return CONSTANT.test(expression)
}

async function refusedOf(
  connection: Connection,
  given: readonly Given[],
): Promise<readonly Warning[]> {
  if ((await attempt(connection, inserting(given))) === null) return []
  if (given.length > 1) {
    const warnings: Warning[] = []
    for (const one of given) warnings.push(...(await refusedOf(connection, [one])))
    return warnings
  }
  const [one] = given
  const error = await attempt(connection, inserting(given))
  return one && error && isOfValue(error) ? [refused(one, error)] : []
}

/** A row of the constants, each in a column of its type. */
function inserting(given: readonly Given[]): string {
  const columns = given.map(({ column: { type } }, at) => `c${at} ${type}`).join(', ')
  const values = given.map(({ value }) => value).join(', ')
  return `CREATE TABLE ${SCHEMA}.probe (${columns}); INSERT INTO ${SCHEMA}.probe VALUES (${values}); DROP TABLE ${SCHEMA}.probe`
}

/** SQLSTATE: a value that its type, or its domain, does not take. */
const isOfValue = ({ code }: ServerError) => /^(?:22|23)/.test(code)

function refused({ table, column, value }: Given, { message }: ServerError): Warning {
  return {
    object: `column "${labelOf(table, column.name)}"`,
    message: `its default ${value} is no value of its type ${column.type}: ${message}`,
    hint: 'PostgreSQL refuses every row that takes it: give the column a default that fits its type, or a type that takes the default.',
  }
}
