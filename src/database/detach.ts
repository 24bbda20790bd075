import { quoteLiteral } from '../sql/quote.ts'
import type { Connection } from './connection.ts'

/** Names as the statement gives them, quoted. */
export interface Detach {
  readonly parent: string
  readonly partition: string
}

/**
 * What is left of ALTER TABLE … DETACH PARTITION … CONCURRENTLY, which commits in the middle: all of it, its end
 * (`FINALIZE`), or nothing, when the partition is detached or gone.
 */
export async function leftOfDetach(
  { query }: Pick<Connection, 'query'>,
  { parent, partition }: Detach,
): Promise<'all' | 'finalize' | 'nothing'> {
  const [row] = await query<{ pending: boolean }>(`
SELECT inhdetachpending AS pending FROM pg_catalog.pg_inherits
WHERE inhparent = to_regclass(${quoteLiteral(parent)}) AND inhrelid = to_regclass(${quoteLiteral(partition)})`)
  if (row === undefined) return 'nothing'
  return row.pending ? 'finalize' : 'all'
}

export const finalizeDetach = ({ parent, partition }: Detach): string =>
  `ALTER TABLE ${parent} DETACH PARTITION ${partition} FINALIZE`
