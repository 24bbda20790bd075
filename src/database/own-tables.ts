import { LimbeckError } from '../errors.ts'
import { qualifiedName, quoteLiteral } from '../sql/quote.ts'
import { codeOf } from './server-error.ts'
import { historyTable, progressTable, type Tables, versionName } from './tables.ts'

/** Something that goes by the name of a table of Limbeck's and is not what Limbeck makes. */
export interface Stranger {
  readonly name: string
  /** pg_class.relkind */
  readonly kind: string
  readonly owner: string
  readonly isTrusted: boolean
  /** Row security decides which rows this role sees. */
  readonly isHidden: boolean
}

/** Tables that are known by their names. */
export interface Named {
  readonly schema: string
  readonly names: readonly string[]
}

export const ownTables = ({ schema, version }: Tables): Named => ({
  schema,
  names: [version, historyTable, progressTable],
})

/** SQL, of names in pg_catalog: JSON of the strangers, NULL where there is none. */
export function strangersColumn(tables: Tables): string {
  return strangersOf(ownTables(tables), 'OR row_security_active(s.oid)')
}

/**
 * Trusted is who owns the schema or the database or belongs to its owner (as every superuser does), this role and those it
 * belongs to; for a role that only reads also whom the schema's owner has let create by name. Anybody else could have made
 * the table first, with triggers that the next migration runs.
 */
export function strangersOf({ schema, names }: Named, other = ''): string {
  const trusted = [
    "pg_has_role(c.relowner, n.nspowner, 'MEMBER')",
    "pg_has_role(c.relowner, 'pg_database_owner', 'MEMBER')",
    "(current_setting('is_superuser') = 'off' AND pg_has_role(c.relowner, 'MEMBER'))",
    "(NOT pg_has_role(n.nspowner, 'MEMBER') AND EXISTS (SELECT FROM aclexplode(n.nspacl) a WHERE a.grantee = c.relowner AND a.privilege_type <> 'USAGE'))",
  ].join(' OR ')
  const named = `SELECT c.oid, c.relname, c.relkind, c.relowner, ${trusted} AS trusted FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${quoteLiteral(schema)} AND c.relname IN (${names.map(quoteLiteral).join(', ')})`
  const facts = `'name', s.relname, 'kind', s.relkind, 'owner', pg_get_userbyid(s.relowner), 'isTrusted', s.trusted, 'isHidden', row_security_active(s.oid)`
  return `(SELECT json_agg(json_build_object(${facts})) FROM (${named}) s WHERE s.relkind NOT IN ('r', 'p') OR NOT s.trusted ${other})`
}

/** Marks the error that `sentry` is; what follows in it are the strangers as JSON. */
const mark = 'limbeck: not its own tables: '

/**
 * SQL, of names in pg_catalog, that goes before what reads the tables, in the same message: no rows, or an error that
 * strangersIn() reads. The query itself would be too late: the functions of a view are run while it is planned.
 */
export function sentry(tables: Named): string {
  return `SELECT WHERE (${quoteLiteral(mark)} || ${strangersOf(tables)}::text)::boolean`
}

/** The strangers that `sentry` has met; null for any other error. */
export function strangersIn(error: unknown): readonly Stranger[] | null {
  if (codeOf(error) !== '22P02') return null
  const [, list = ''] = (error as Error).message.split(mark)
  const end = list.lastIndexOf(']')
  return end < 0 ? null : (JSON.parse(list.slice(0, end + 1)) as Stranger[])
}

const kinds: Readonly<Record<string, string>> = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
  S: 'a sequence',
  i: 'an index',
  c: 'a type',
}

/** Throws LIMBECK_PERMISSION_DENIED for the first of them that must not be used; `rows` are those of the version table. */
export function refuseStrangers(
  tables: Tables,
  strangers: readonly Stranger[] | null,
  rows: readonly string[],
): void {
  for (const stranger of strangers ?? []) {
    refuseStranger(tables.schema, stranger, {
      of: "Limbeck's",
      instead: 'set the option versionTable or versionSchema',
    })
    if (stranger.isHidden && stranger.name === tables.version) refuseHidden(tables, rows)
  }
}

/** Throws LIMBECK_PERMISSION_DENIED where row security has left none of the version rows. */
export function refuseHidden(tables: Tables, rows: readonly string[]): void {
  if (rows.length > 0) return
  const quoted = versionName(tables)
  throw denied(
    `row-level security hides the rows of table ${tables.schema}.${tables.version} from this role`,
    `Switch it off: ALTER TABLE ${quoted} DISABLE ROW LEVEL SECURITY; or let the role read: CREATE POLICY limbeck_reads ON ${quoted} FOR SELECT USING (true);`,
  )
}

/** Throws LIMBECK_PERMISSION_DENIED for what is no table of a trusted owner. */
export function refuseStranger(
  schema: string,
  { name, kind, owner, isTrusted }: Stranger,
  words: { readonly of: string; readonly instead: string },
): void {
  if (!['r', 'p'].includes(kind))
    throw denied(
      `${schema}.${name} is ${kinds[kind] ?? 'not a table'} of role ${owner}, not a table of ${words.of}`,
      `Find out who made it and drop it, or ${words.instead}.`,
    )
  if (!isTrusted)
    throw denied(
      `table ${schema}.${name} belongs to role ${owner}, which owns neither the schema nor the database`,
      `Run it as that role (option role), or, when its rows are right, take it over: ALTER TABLE ${qualifiedName(schema, name)} OWNER TO CURRENT_USER;`,
    )
}

function denied(message: string, hint: string): LimbeckError {
  return new LimbeckError('LIMBECK_PERMISSION_DENIED', message, { hint })
}

/** Who else may write to a table of Limbeck's. */
export interface Writer {
  readonly table: string
  /** A role, quoted where it must be, or PUBLIC. */
  readonly grantee: string
}

/** SQL, of names in pg_catalog: rows of `Writer`. */
export function writersQuery(tables: Tables): string {
  const names = [tables.version, historyTable, progressTable].map(quoteLiteral).join(', ')
  return `SELECT DISTINCT c.relname AS table, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
WHERE n.nspname = ${quoteLiteral(tables.schema)} AND c.relname IN (${names}) AND c.relkind IN ('r', 'p')
  AND a.grantee <> c.relowner AND pg_get_userbyid(a.grantee) <> current_user AND a.privilege_type <> 'SELECT'
  AND NOT pg_has_role(a.grantee, n.nspowner, 'MEMBER')
ORDER BY 1, 2`
}

/** What to type against a writer. */
export function revokeCommand(tables: Tables, { table, grantee }: Writer): string {
  return `REVOKE ALL ON TABLE ${qualifiedName(tables.schema, table)} FROM ${grantee}; GRANT SELECT ON TABLE ${qualifiedName(tables.schema, table)} TO ${grantee};`
}
