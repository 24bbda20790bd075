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
  /** The revision is a baseline: it stands for this migration and all that the tool ran before. Default: for this one. */
  readonly isBaseline?: boolean
}

/** Whether the revision stands for all that the tool had run, too; it always does where that is code. */
export const isBaseline = ({ tool, isBaseline: is = false }: LedgerEntry) => is || isCodeTool(tool)

const baseline = 'baseline'

/** The value of a header's `ledger:`; null when it is not one. */
export function parseLedgerEntry(value: string): LedgerEntry | null {
  const [tool = '', name, ...words] = value.split(/\s+/)
  const facts = words.filter((word) => word !== baseline)
  const known = ledgerTools.find((each) => each === tool)
  const when = facts.find((fact) => /^\d{1,16}$/.test(fact))
  // A checksum has a sign, which tells it from a time.
  const hashes = facts.filter((fact) => fact !== when).map((fact) => fact.replace(/^\+/, ''))
  if (known === undefined || name === undefined) return null
  if (!hashes.every((hash) => /^[0-9a-f]{32,64}$|^sha1:[0-9a-f]{40}$|^-?\d+$/.test(hash)))
    return null
  return {
    tool: known,
    name: spaced(name),
    when: when === undefined ? null : Number(when),
    hashes,
    ...(words.length > facts.length ? { isBaseline: true } : {}),
  }
}

/** The entry as a header's `ledger:` has it. */
export function formatLedgerEntry(entry: LedgerEntry): string {
  const { tool, name, when, hashes } = entry
  const facts = hashes.map((hash) => (/^\d{1,16}$/.test(hash) ? `+${hash}` : hash))
  return [
    tool,
    unspaced(name),
    ...(when === null ? [] : [String(when)]),
    ...facts,
    ...(entry.isBaseline ? [baseline] : []),
  ].join(' ')
}

/** The facts of an entry are told apart by spaces. */
const unspaced = (name: string) => name.replace(/[\s%]/gu, encodeURIComponent)

const spaced = (name: string) =>
  name.replace(/%[0-9A-F]{2}(?:%[89AB][0-9A-F])*/g, (code) => {
    try {
      return decodeURIComponent(code)
    } catch {
      return code
    }
  })
