import { sqlParts } from '../sql/text.ts'

const made =
  'FUNCTION|PROCEDURE|(?:CONSTRAINT\\s+|EVENT\\s+)?TRIGGER|AGGREGATE|RULE|EXTENSION|DOMAIN|COLLATION|OPERATOR|CAST|TEXT\\s+SEARCH|LANGUAGE'
const moreThanModels = new RegExp(
  `^\\s*(?:INSERT|UPDATE|DELETE|MERGE|COPY|SELECT|WITH|VALUES|CALL|DO|EXECUTE|CREATE\\s+(?:OR\\s+REPLACE\\s+)?(?:TRUSTED\\s+)?(?:${made})\\b|CREATE\\s+TYPE\\s+\\S+\\s+AS\\s*(?:\\(|RANGE\\b))`,
  'i',
)

/**
 * Whether SQL does what models cannot say: rows, code, extensions. Told by how its statements begin, without the grammar: it is
 * asked of every revision before a fresh database is made.
 */
export function saysMoreThanModels(sql: string): boolean {
  let statement = ''
  let at = 0
  for (const { kind, start, end } of sqlParts(sql)) {
    statement += sql.slice(at, start)
    at = end
    if (kind === 'identifier') statement += '""'
    if (kind !== 'semicolon') continue
    if (moreThanModels.test(statement)) return true
    statement = ''
  }
  return moreThanModels.test(statement + sql.slice(at))
}
