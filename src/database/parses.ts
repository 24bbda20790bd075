import { doBlock } from '../sql/do-block.ts'
import type { Connection } from './connection.ts'

/**
 * Whether PostgreSQL's own grammar takes the statements, none of which is run: a block that returns at once has all of
 * itself parsed first. True means yes; false means that the parser here has to find out what is wrong, if anything.
 */
export async function parses(
  { query }: Connection,
  statements: readonly string[],
): Promise<boolean> {
  if (statements.length === 0) return true
  const block = doBlock(`RETURN;\n${statements.join(';\n')};`)
  // A multi-statement message is a transaction of its own: the setting ends with it.
  return await query(`SET LOCAL check_function_bodies = on;\n${block}`).then(
    () => true,
    () => false,
  )
}
