import type { Statement } from './script.ts'

const part = '(?:"[^"]+"|[a-z_][\\w$]*)'
const name = `${part}(?:\\.${part})?`
const pattern = (...words: readonly string[]) => new RegExp(`^${words.join('\\s+')}`, 'i')

/** Rows there are none, so that no expression of it is computed. What may copy or place rows, or is temporary, is left out. */
const createTable = pattern('CREATE', 'TABLE', `(${name})\\s*\\(`)
const createTableUnlessThere = pattern('CREATE', 'TABLE', 'IF', 'NOT', 'EXISTS', `${name}\\s*\\(`)
const mayCompute = /\b(?:AS|PARTITION|EXCLUDE|LIKE|TEMP|TEMPORARY|pg_temp\w*)\b/i
/** Of columns alone, so that nothing is computed when it is planned. */
const onColumns = "(?:USING\\s+\\w+\\s*)?\\([^()']*\\)$"
const createIndex = pattern(
  'CREATE',
  `(?:UNIQUE\\s+)?INDEX`,
  `(?:${part}\\s+)?ON`,
  `(${name})\\s*${onColumns}`,
)
const addForeignKey = pattern(
  'ALTER',
  'TABLE',
  `(${name})`,
  'ADD',
  'CONSTRAINT',
  part,
  'FOREIGN',
  "KEY\\b[^']*$",
)
const others = [
  pattern('CREATE', 'TYPE', name, "AS\\s+ENUM\\s*\\(('[^']*'|[\\s,])*\\)$"),
  pattern('COMMENT', 'ON\\b'),
  pattern('DROP', '(?:TABLE|INDEX|VIEW|TYPE|SEQUENCE)\\b'),
]

/**
 * Whether a body runs PostgreSQL's own code alone, unless there is an event trigger: it then leaves the session as it was. Said only
 * of plain DDL whose words leave no doubt: whatever may call a function on rows that are there does not count.
 */
export function isQuiet(statements: readonly Statement[]): boolean {
  const made = new Set<string>()
  const isOfMade = (match: RegExpExecArray | null) => match !== null && made.has(match[1] ?? '')
  return statements.every(({ sql }) => {
    const isEmpty = !mayCompute.test(sql)
    const table = isEmpty ? createTable.exec(sql) : null
    if (table) made.add(table[1] ?? '')
    return (
      table !== null ||
      (isEmpty && createTableUnlessThere.test(sql)) ||
      isOfMade(createIndex.exec(sql)) ||
      isOfMade(addForeignKey.exec(sql)) ||
      others.some((other) => other.test(sql))
    )
  })
}
