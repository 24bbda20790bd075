import { createHash } from 'node:crypto'
import { isBaseline, type LedgerTool } from '../script/ledger-entry.ts'
import type { KnownScript, LedgerRow } from './match-rows.ts'

/** Flyway runs these again whenever their text has changed, behind all versions. */
export const isRepeatable = (name: string | null) => name?.startsWith('R__') ?? false

/** The rows as they would be if the tool had one for each migration that has run, named as the files are. */
export function spreadRows(
  known: readonly KnownScript[],
  tool: LedgerTool,
  rows: readonly LedgerRow[],
): readonly LedgerRow[] {
  const baseline = known.find(({ ledger }) => isBaseline(ledger))
  if (baseline) return since(baseline.ledger.name, rows)
  if (tool === 'golang-migrate') return rows.slice(0, 1).flatMap((row) => allUpTo(known, row))
  return tool === 'flyway' ? flywayRows(known, rows) : rows
}

/** A baseline stands for the rows before its own; where it has none, the newest one tells what else there is. */
function since(name: string, rows: readonly LedgerRow[]): readonly LedgerRow[] {
  const versions = rows.filter((row) => !isRepeatable(row.name))
  const ran = versions.filter(({ state }) => state !== 'failed')
  const at = ran.findLastIndex((row) => row.name === name)
  const hash = hashOfNames(ran.slice(0, at + 1))
  const told = ran
    .slice(at === -1 ? -1 : at)
    .map((row, index) => (index === 0 ? { ...row, hash } : row))
  return [...told, ...versions.filter(({ state }) => state === 'failed')]
}

/** Of the migrations that a baseline stands for; null where one row stands for several, so that they are not known. */
export function hashOfNames(rows: readonly LedgerRow[]): string | null {
  if (rows.length === 0 || rows.some(({ state }) => state === 'up to')) return null
  const names = new Set(rows.map(({ name }) => name ?? ''))
  return createHash('sha256')
    .update([...names].toSorted().join('\n'))
    .digest('hex')
}

const rowOf = (name: string): LedgerRow => ({ name, hash: null, when: null })

/** One row holds the newest version and stands for all before it; one that is dirty has not become true. */
function allUpTo(known: readonly KnownScript[], row: LedgerRow): readonly LedgerRow[] {
  const names = known.map(({ ledger }) => ledger.name)
  const before = names.slice(0, Math.max(names.indexOf(row.name ?? ''), 0))
  return [...before.map(rowOf), row]
}

function flywayRows(
  known: readonly KnownScript[],
  rows: readonly LedgerRow[],
): readonly LedgerRow[] {
  const names = known.map(({ ledger }) => ledger.name)
  const versions = names.filter((name) => !isRepeatable(name))
  // 1.0 and 1 are one version; a row may be from a file that was called otherwise.
  const called = (name: string | null) =>
    versions.find((each) => name !== null && compareVersions(each, name) === 0) ?? name
  const own = rows
    .filter(({ state }) => state !== 'up to')
    .map((row) => (isRepeatable(row.name) ? row : { ...row, name: called(row.name) }))
  const recorded = new Set(own.map(({ name }) => name))
  const baselines = rows.flatMap(({ state, name }) => (state === 'up to' && name ? name : []))
  const covered = versions.filter(
    (name) => !recorded.has(name) && baselines.some((line) => compareVersions(name, line) <= 0),
  )
  return withoutRepeated(known, [...covered.map(rowOf), ...own])
}

/** Rows of repeatable migrations that Flyway would not run again: behind one that is missing all are run again here. */
function withoutRepeated(
  known: readonly KnownScript[],
  rows: readonly LedgerRow[],
): readonly LedgerRow[] {
  const ran = ({ ledger: { name, hashes } }: KnownScript) =>
    rows.some(
      (row) =>
        row.name === name &&
        row.state !== 'failed' &&
        (!isRepeatable(name) || row.hash === null || hashes.includes(row.hash)),
    )
  const missing = known.findIndex((script) => !ran(script))
  const upTo = known.slice(0, missing === -1 ? known.length : missing)
  return rows.filter(
    ({ name, state }) =>
      !isRepeatable(name) || state === 'failed' || upTo.some(({ ledger }) => ledger.name === name),
  )
}

/** As Flyway orders them: part by part, as numbers; what is missing at the end is zero. */
export function compareVersions(one: string, other: string): number {
  const [first, second] = [one, other].map((version) =>
    version.split('.').map((part) => (/^\d+$/.test(part) ? BigInt(part) : 0n)),
  ) as [bigint[], bigint[]]
  for (let at = 0; at < Math.max(first.length, second.length); at += 1) {
    const [left, right] = [first[at] ?? 0n, second[at] ?? 0n]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}
