import { codeRange } from '../sql/text.ts'

/** What a statement does to rows. */
export interface RowStatement {
  readonly does: 'insert' | 'change'
  /** The table as it is written, without quotes; null where only running it tells. */
  readonly table: string | null
}

const name = '((?:"[^"]+"|[\\w$]+)(?:\\s*\\.\\s*(?:"[^"]+"|[\\w$]+))?)'
const intoTable = new RegExp(`^(?:INSERT\\s+INTO|COPY)\\s+${name}`, 'i')
const inTable = new RegExp(
  `^(?:UPDATE|DELETE\\s+FROM|MERGE\\s+INTO|TRUNCATE(?:\\s+TABLE)?)\\s+(?:ONLY\\s+)?${name}`,
  'i',
)
const unknown = /^(?:WITH|SELECT|VALUES|CALL|DO|EXECUTE)\b/i

/** Null for a statement that does nothing to rows, as far as its first words tell. */
export function rowStatement(sql: string): RowStatement | null {
  const code = sql.slice(codeRange(sql).start)
  const inserted = intoTable.exec(code)
  if (inserted !== null) return { does: 'insert', table: plain(inserted[1]) }
  const changed = inTable.exec(code)
  if (changed !== null) return { does: 'change', table: plain(changed[1]) }
  return unknown.test(code) ? { does: 'change', table: null } : null
}

const plain = (written = '') => written.replace(/\s*\.\s*/g, '.').replaceAll('"', '')

const guarded =
  /^DO\s+(\$\w*\$|')\s*BEGIN\s+(?:ALTER\s+TABLE|CREATE\s+TYPE)\b.*\bEXCEPTION\s+WHEN\s+duplicate_\w+\s+THEN\s+null;\s*END;?\s*\1/is

/** The blocks that drizzle-kit wrote around constraints and types, which do nothing but that. */
export const isGuardedDdl = (sql: string): boolean => guarded.test(sql)
