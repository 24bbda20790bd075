import type { LedgerEntry } from '../script/ledger-entry.ts'
import type { Script } from '../script/script.ts'

/** One row of a ledger, in the order in which the rows were written. */
export interface LedgerRow {
  readonly hash: string | null
  /** In ms since 1970, as `LedgerEntry` has it. */
  readonly when: number | null
  /** Null where the ledger keeps no names, as that of drizzle 0.x does not. */
  readonly name: string | null
  /**
   * `failed`: it was begun and has not ended well; `up to`: it stands for all migrations before it, too; `locked`: the tool
   * is running, or was interrupted. Default: it ran.
   */
  readonly state?: 'failed' | 'up to' | 'open' | null
}

/** A revision that a ledger can know. */
export type KnownScript = Script & { readonly ledger: LedgerEntry }

/** A row that speaks of a revision. */
export interface Match {
  readonly row: LedgerRow
  readonly script: KnownScript
  /** Time or name say that it is this one, and its hash says that the file is not what ran. */
  readonly isEdited: boolean
}

/** Finds the revision that each row speaks of: by hash, else by name, else by time. */
export function matchRows(known: readonly KnownScript[], rows: readonly LedgerRow[]) {
  const matches = new Map<string, Match[]>()
  const orphans: LedgerRow[] = []
  for (const row of rows) {
    const found = findScript(known, row, matches)
    if (found === undefined) {
      orphans.push(row)
      continue
    }
    const isEdited = isOtherText(found.ledger.hashes, row.hash)
    matches.set(found.id, [...(matches.get(found.id) ?? []), { row, script: found, isEdited }])
  }
  return { matches, orphans }
}

/** Hashes of one kind can be told apart; rows that were made by hand often hold some other text, which says nothing. */
const checksum = /^-?\d{1,10}$/
const kinds = [/^[0-9a-f]{64}$/, /^sha1:[0-9a-f]{40}$/, checksum]

function isOtherText(hashes: readonly string[], hash: string | null): boolean {
  const kind = kinds.find((each) => hash !== null && each.test(hash))
  const alike = hashes.filter((each) => kind?.test(each))
  return hash !== null && alike.length > 0 && !alike.includes(hash)
}

/** A short checksum tells an edit; that two files are the same it does not. */
const tellsFile = (hash: string) => !checksum.test(hash)

function findScript(
  known: readonly KnownScript[],
  row: LedgerRow,
  matches: ReadonlyMap<string, readonly Match[]>,
): KnownScript | undefined {
  const { hash, name } = row
  const byHash = known.filter(
    ({ ledger }) => hash !== null && tellsFile(hash) && ledger.hashes.includes(hash),
  )
  const byName = known.filter(({ ledger }) => name !== null && ledger.name === name)
  const byTime = known.filter(({ ledger }) => isSameTime(row.when, ledger.when))
  // Several migrations of the same text: the name or the time tells them apart, else the order of the rows.
  const pick = (candidates: readonly KnownScript[]) =>
    candidates.find((each) => byName.includes(each)) ??
    candidates.find((each) => byTime.includes(each)) ??
    candidates.find(({ id }) => !matches.has(id)) ??
    candidates[0]
  // The name is what a tool goes by, but for drizzle, whose files were renamed between its versions.
  const isDrizzle = known.some(({ ledger }) => ledger.tool === 'drizzle')
  const first = isDrizzle ? (pick(byHash) ?? pick(byName)) : (pick(byName) ?? pick(byHash))
  return first ?? pick(byTime)
}

/** drizzle-kit 1.0 keeps whole seconds where 0.x kept milliseconds. */
function isSameTime(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return false
  const areWholeSeconds = one % 1_000 === 0 || other % 1_000 === 0
  return one === other || (areWholeSeconds && Math.floor(one / 1_000) === Math.floor(other / 1_000))
}
