import type { LedgerTool } from '../script/ledger-entry.ts'

/** Whose ledger is kept in step: the tool alone where it keeps it where it usually does. */
export type LedgerOption =
  | LedgerTool
  | {
      readonly tool: LedgerTool
      /** Default: where the tool keeps it; `drizzle` for drizzle. */
      readonly schema?: string | undefined
      /** Default: as the tool calls it; `__drizzle_migrations` for drizzle. */
      readonly table?: string | undefined
      /** False only reads it, to take over a database that the tool has migrated. Default: true. */
      readonly keep?: boolean | undefined
    }

/** Where another tool keeps its record of what has run, and whether it is kept in step. */
export interface LedgerConfig {
  readonly tool: LedgerTool
  /** Undefined: where the tool keeps it. */
  readonly schema: string | undefined
  readonly table: string | undefined
  readonly keep: boolean
}
