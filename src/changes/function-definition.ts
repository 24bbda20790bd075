import type { Scope } from '../autogenerate/catalog/scope.ts'
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts'

/** SQL: the statement that makes the function or procedure of the pg_proc row `p`; one in the target schema has no schema there, as elsewhere. */
export function functionDefinition({ schemas: [schema = ''] }: Scope): string {
  const given = 'pg_get_functiondef(p.oid)'
  const head = `substring(${given} FROM '^CREATE OR REPLACE (?:FUNCTION|PROCEDURE) ')`
  const rest = `substr(${given}, length(${head}) + 1)`
  const bare = (prefix: string) =>
    `WHEN starts_with(${rest}, ${quoteLiteral(prefix)}) THEN ${head} || substr(${rest}, length(${quoteLiteral(prefix)}) + 1)`
  return `CASE ${bare(`${quoteIdentifier(schema)}.`)} ${bare(`${schema}.`)} ELSE ${given} END`
}
