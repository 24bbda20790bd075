/** The tools whose migrations are SQL, so that each can be a revision. */
export const sqlTools = [
  'drizzle',
  'prisma',
  'node-pg-migrate',
  'dbmate',
  'golang-migrate',
  'goose',
  'flyway',
  'graphile-migrate',
] as const

/** Those whose migrations are code: a baseline stands for all of them. */
export const codeTools = ['knex', 'typeorm', 'kysely'] as const

/** The tools whose record of what has run can be taken over. */
export const ledgerTools = [...sqlTools, ...codeTools] as const

export type SqlTool = (typeof sqlTools)[number]
export type CodeTool = (typeof codeTools)[number]
export type LedgerTool = (typeof ledgerTools)[number]

export const isCodeTool = (tool: LedgerTool): tool is CodeTool =>
  codeTools.some((each) => each === tool)

/** How the ledger of another tool names a migration that is a revision here. */
export interface LedgerEntry {
  readonly tool: LedgerTool
  /** As the tool calls it: drizzle-kit's tag, a folder's or a file's name. */
  readonly name: string
  /** What the tool orders it by, in ms since 1970; null where it keeps no such time. */
  readonly when: number | null
  /**
   * Hashes that the ledger may have of the file. The first one is of the file as it is; the others are of the same text
   * with other line ends, since a ledger may have been written from another checkout.
   */
  readonly hashes: readonly string[]
}

/** The value of a header's `ledger:`; null when it is not one. */
export function parseLedgerEntry(value: string): LedgerEntry | null {
  const [tool = '', name, ...facts] = value.split(/\s+/)
  const known = ledgerTools.find((each) => each === tool)
  const when = facts.find((fact) => /^\d{1,16}$/.test(fact))
  // A checksum has a sign, which tells it from a time.
  const hashes = facts.filter((fact) => fact !== when).map((fact) => fact.replace(/^\+/, ''))
  if (known === undefined || name === undefined) return null
  if (!hashes.every((hash) => /^[0-9a-f]{32,64}$|^sha1:[0-9a-f]{40}$|^-?\d+$/.test(hash)))
    return null
  return { tool: known, name, when: when === undefined ? null : Number(when), hashes }
}

/** The entry as a header's `ledger:` has it. */
export function formatLedgerEntry({ tool, name, when, hashes }: LedgerEntry): string {
  const facts = hashes.map((hash) => (/^\d{1,16}$/.test(hash) ? `+${hash}` : hash))
  return [tool, name, ...(when === null ? [] : [String(when)]), ...facts].join(' ')
}
