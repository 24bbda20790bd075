import { quoteIdentifier } from '../../sql/quote.ts'

/** `CREATE SCHEMA`; fails where the schema exists, so its caller looks first. */
export function createSchema(name: string): string {
  return `CREATE SCHEMA ${quoteIdentifier(name)}`
}

/** `DROP SCHEMA`; fails where it still holds anything. */
export function dropSchema(name: string): string {
  return `DROP SCHEMA ${quoteIdentifier(name)}`
}
