import { LimbeckError } from '../errors.ts'
import { qualifiedName, quoteLiteral } from '../sql/quote.ts'
import { historyTable, progressTable, type Tables } from './tables.ts'

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

/**
 * SQL, of names in pg_catalog: JSON of the strangers, NULL where there is none. Trusted is who owns the schema or the
 * database, this role and those it belongs to; for a role that only reads also whom the schema's owner has let create by
 * name. Anybody else could have made the table first, with triggers that the next migration runs.
 */
export function strangersColumn(tables: Tables): string {
  const names = [tables.version, historyTable, progressTable].map(quoteLiteral).join(', ')
  return `(SELECT json_agg(json_build_object('name', s.relname, 'kind', s.relkind, 'owner', pg_get_userbyid(s.relowner),
      'isTrusted', s.trusted, 'isHidden', row_security_active(s.oid)))
    FROM (SELECT c.oid, c.relname, c.relkind, c.relowner, pg_has_role(c.relowner, n.nspowner, 'MEMBER')
        OR pg_get_userbyid(c.relowner) = current_user
        OR c.relowner = (SELECT datdba FROM pg_database WHERE datname = current_database())
        OR (current_setting('is_superuser') = 'off' AND pg_has_role(c.relowner, 'MEMBER'))
        OR (NOT pg_has_role(n.nspowner, 'MEMBER') AND EXISTS (SELECT FROM aclexplode(n.nspacl) a
              WHERE a.grantee = c.relowner AND a.privilege_type <> 'USAGE')) AS trusted
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ${quoteLiteral(tables.schema)} AND c.relname IN (${names})) s
    WHERE s.relkind NOT IN ('r', 'p') OR NOT s.trusted OR row_security_active(s.oid))`
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
    const name = `${tables.schema}.${stranger.name}`
    const quoted = qualifiedName(tables.schema, stranger.name)
    if (!['r', 'p'].includes(stranger.kind))
      throw denied(
        `${name} is ${kinds[stranger.kind] ?? 'not a table'} of role ${stranger.owner}, not a table of Limbeck's`,
        'Find out who made it and drop it, or set the option versionTable or versionSchema.',
      )
    if (!stranger.isTrusted)
      throw denied(
        `table ${name} belongs to role ${stranger.owner}, which owns neither the schema nor the database`,
        `Run it as that role (option role), or, when its rows are right, take it over: ALTER TABLE ${quoted} OWNER TO CURRENT_USER;`,
      )
    if (stranger.isHidden && stranger.name === tables.version && rows.length === 0)
      throw denied(
        `row-level security hides the rows of table ${name} from this role`,
        `Switch it off: ALTER TABLE ${quoted} DISABLE ROW LEVEL SECURITY; or let the role read: CREATE POLICY limbeck_reads ON ${quoted} FOR SELECT USING (true);`,
      )
  }
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
