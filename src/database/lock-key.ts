import { createHash } from 'node:crypto'
import type { Tables } from './tables.ts'

/** Advisory locks are per database already; the key tells version tables apart. */
export function lockKey(tables: Tables): bigint {
  const digest = createHash('sha256').update(`limbeck ${tables.schema} ${tables.version}`).digest()
  return digest.readBigInt64BE(0)
}

/** Condition of `pg_locks l`: it is this lock, and a session has it. */
export function isLock(key: bigint): string {
  const [high, low] = [BigInt.asUintN(32, key >> 32n), BigInt.asUintN(32, key)]
  const is = 'OPERATOR(pg_catalog.=)'
  return `l.locktype ${is} 'advisory' AND l.granted AND l.classid ${is} ${high} AND l.objid ${is} ${low} AND l.objsubid ${is} 1`
}
