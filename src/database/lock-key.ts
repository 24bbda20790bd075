import { createHash } from 'node:crypto'
import type { Tables } from './tables.ts'

/** Advisory locks are per database already; the key tells version tables apart. */
export function lockKey(tables: Tables): bigint {
  const digest = createHash('sha256').update(`limbeck ${tables.schema} ${tables.version}`).digest()
  return digest.readBigInt64BE(0)
}
