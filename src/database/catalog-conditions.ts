/** SQL condition: the object came with an extension. */
export function isExtensionMember(catalog: string, oid: string): string {
  return `EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`
}

/** SQL condition: the schema of that name is not PostgreSQL's own. */
export function isUserSchema(name: string): string {
  return `${name} !~ '^pg_' AND ${name} <> 'information_schema'`
}
