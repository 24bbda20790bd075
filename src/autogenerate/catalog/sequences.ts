import { isExtensionMember } from '../../database/catalog-conditions.ts'
import type { SequenceSnapshot } from '../../schema/snapshot.ts'
import { type Scope, schemaList, schemaName } from './scope.ts'
import { asJson, sequenceOptionsJson } from './sql-fragments.ts'

export interface SequenceRow extends Omit<SequenceSnapshot, 'owned' | 'ownedBy'> {
  /** The column it goes with: `i` behind an identity column, `a` owned by any other. */
  readonly owner?: { readonly table: string; readonly number: number; readonly how: 'a' | 'i' }
  /** The default of a serial column that has it. */
  readonly nextValue: string
}

/** Sequences, also those behind identity and serial columns. */
export function sequencesQuery(scope: Scope): string {
  return asJson(
    scope,
    `
SELECT ${schemaName(scope, 'n.nspname')} AS schema, c.relname AS name, format_type(q.seqtypid, NULL) AS type,
  ${sequenceOptionsJson} AS options, format('nextval(%L::regclass)', c.oid::regclass) AS "nextValue",
  CASE WHEN d.objid IS NOT NULL THEN json_build_object('table', d.refobjid, 'number', d.refobjsubid, 'how', d.deptype) END AS owner
FROM pg_sequence q JOIN pg_class c ON c.oid = q.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
  AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
WHERE n.nspname IN (${schemaList(scope)}) AND NOT ${isExtensionMember('pg_class', 'c.oid')}`,
  )
}

export function sequenceSnapshot(
  { owner, nextValue: _, ...row }: SequenceRow,
  ownedBy: SequenceSnapshot['ownedBy'],
): SequenceSnapshot {
  return { ...row, owned: owner !== undefined, ...(ownedBy && { ownedBy }) }
}
