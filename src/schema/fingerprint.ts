import { createHash } from 'node:crypto'
import { createStatements } from './create-statements.ts'
import type { Schema } from './schema.ts'

/**
 * Tells one state of the models from another: what create-all would run, whatever the order of exports and columns. Kept in
 * the header of the revision that leads there.
 */
export function schemaFingerprint(schema: Schema): string {
  const statements = createStatements(schema).map((statement) => {
    const [first = '', ...lines] = statement.split('\n')
    return [first, ...lines.map((line) => line.trim().replace(/,$/, '')).toSorted()].join('\n')
  })
  return createHash('sha256').update(statements.toSorted().join('\n\n')).digest('hex').slice(0, 16)
}
