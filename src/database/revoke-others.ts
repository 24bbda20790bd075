import { quoteLiteral } from '../sql/quote.ts'

/**
 * Takes from everybody but the owner what default privileges gave them on a new table, reading excepted: who writes
 * there decides what a boot does, and which SQL an operator runs.
 */
export function revokeStatement(table: string): string {
  return `DO $revoke$
DECLARE
  given record;
BEGIN
  FOR given IN
    SELECT DISTINCT c.oid::pg_catalog.regclass AS relation, c.relkind, CASE a.grantee WHEN 0 THEN 'PUBLIC'
        ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END AS grantee
    FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a
    WHERE (c.oid OPERATOR(pg_catalog.=) ${quoteLiteral(table)}::pg_catalog.regclass
        OR EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid OPERATOR(pg_catalog.=) c.oid
          AND d.refobjid OPERATOR(pg_catalog.=) ${quoteLiteral(table)}::pg_catalog.regclass
          AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass AND c.relkind OPERATOR(pg_catalog.=) 'S'))
      AND a.grantee OPERATOR(pg_catalog.<>) c.relowner
  LOOP
    EXECUTE pg_catalog.format(CASE WHEN given.relkind OPERATOR(pg_catalog.=) 'S' THEN 'REVOKE ALL ON SEQUENCE %s FROM %s'
      ELSE 'REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON TABLE %s FROM %s' END, given.relation, given.grantee);
  END LOOP;
END
$revoke$`
}
