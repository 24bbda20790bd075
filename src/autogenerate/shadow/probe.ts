import type { Connection } from '../../database/connection.ts'
import { isLockFailure } from '../../database/executor.ts'
import { isServerError } from '../../database/server-error.ts'
import type { ObjectName } from '../../schema/schema.ts'
import type { ColumnSnapshot, TableSnapshot, ViewSnapshot } from '../../schema/snapshot.ts'
import { qualifiedName, quoteLiteral } from '../../sql/quote.ts'
import { fromUsing } from '../catalog/indexes.ts'
import { printed } from '../catalog/sql-fragments.ts'
import { viewQuery } from '../catalog/views.ts'
import { inDiscardedSavepoint } from './discarded-transaction.ts'
import type { Shadow } from './shadow.ts'
import { textInShadow } from './shadow-names.ts'

/** How a text of some kind is given to PostgreSQL in the shadow, and read back. */
export interface Probe {
  readonly create: (text: string) => string
  /** SQL whose answer is the text. */
  readonly read: string
  /** What of the answer is kept. */
  readonly part?: (text: string) => string
}

/** Where that is done. */
export type ProbeSite = Pick<Shadow, 'names' | 'scope' | 'outOf'>

/** Tells of two texts whether they mean the same. */
export type IsSame = (probe: Probe, a: string, b: string) => Promise<boolean>

const rounds = 3

/**
 * Whether two texts mean the same to PostgreSQL: both are made again from what it printed of them, until they are equal
 * or stay as they are. A text that it does not accept there is another one.
 */
export async function isSameText(
  connection: Connection,
  shadow: ProbeSite,
  probe: Probe,
  a: string,
  b: string,
): Promise<boolean> {
  let [one, other] = [a, b]
  for (let round = 0; round < rounds; round++) {
    const nextOne = await respelled(connection, shadow, probe, one)
    const nextOther = nextOne === null ? null : await respelled(connection, shadow, probe, other)
    if (nextOne === null || nextOther === null) return false
    if (nextOne === nextOther) return true
    if (nextOne === one && nextOther === other) return false
    ;[one, other] = [nextOne, nextOther]
  }
  return false
}

async function respelled(
  connection: Connection,
  shadow: ProbeSite,
  probe: Probe,
  text: string,
): Promise<string | null> {
  const { names, outOf } = shadow
  try {
    return await inDiscardedSavepoint(connection, async () => {
      await connection.query(probe.create(textInShadow(text, names)))
      const rows: { text: string | null }[] = []
      await connection.query<{ text: string | null }>(
        printed(shadow.scope, probe.read, 'text'),
        (row) => rows.push(row),
      )
      const answer = outOf(rows[0]?.text ?? '')
      return probe.part?.(answer) ?? answer
    })
  } catch (error) {
    if (!isServerError(error) || isLockFailure(error)) throw error
    return null
  }
}

/** The probes of what hangs on a table. */
export function tableProbes(shadow: ProbeSite, table: TableSnapshot) {
  const relation = shadowName(shadow, table)
  const oid = `${quoteLiteral(relation)}::regclass`
  return {
    check: {
      create: (definition: string) =>
        `ALTER TABLE ${relation} ADD CONSTRAINT limbeck_probe ${definition}`,
      read: `SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conrelid = ${oid} AND conname = 'limbeck_probe'`,
    },
    index: {
      create: (definition: string) => `CREATE INDEX limbeck_probe ON ${relation} ${definition}`,
      read: `SELECT pg_get_indexdef(x.oid) AS text FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
        WHERE i.indrelid = ${oid} AND x.relname = 'limbeck_probe'`,
      part: fromUsing,
    },
    policy: {
      create: (expression: string) =>
        `CREATE POLICY limbeck_probe ON ${relation} USING (${expression})`,
      read: `SELECT pg_get_expr(polqual, polrelid) AS text FROM pg_policy WHERE polrelid = ${oid} AND polname = 'limbeck_probe'`,
    },
  }
}

/** The probe of a default or a generated column. */
export function columnProbe(
  shadow: ProbeSite,
  table: TableSnapshot,
  column: ColumnSnapshot,
): Probe {
  const relation = shadowName(shadow, table)
  const type = textInShadow(column.type, shadow.names)
  return {
    create: (expression) =>
      `ALTER TABLE ${relation} ADD COLUMN limbeck_probe ${type} ${
        column.generated === undefined
          ? `DEFAULT ${expression}`
          : `GENERATED ALWAYS AS (${expression}) STORED`
      }`,
    read: `SELECT pg_get_expr(d.adbin, d.adrelid) AS text FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
      WHERE a.attrelid = ${quoteLiteral(relation)}::regclass AND a.attname = 'limbeck_probe'`,
  }
}

/** The probe of a view's query, materialized or not. */
export function viewProbe(shadow: ProbeSite, view: ViewSnapshot): Probe {
  const probe = shadowName(shadow, { ...view, name: 'limbeck_probe' })
  return {
    create: (query) => `CREATE VIEW ${probe} AS ${query}`,
    read: `SELECT pg_get_viewdef(${quoteLiteral(probe)}::regclass) AS text`,
    part: viewQuery,
  }
}

function shadowName({ names }: ProbeSite, { schema, name }: ObjectName): string {
  return qualifiedName(names.schemas.get(schema ?? names.defaultSchema), name)
}
