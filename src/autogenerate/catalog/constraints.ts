import type { ConstraintKind, ConstraintSnapshot } from '../../schema/snapshot.ts'
import { afterGroup } from './definition.ts'
import { objectName, type Scope, schemaList } from './scope.ts'
import { asJson, type ColumnNames, columnNames, enumsMentioned } from './sql-fragments.ts'

export interface ConstraintRow {
  readonly table: string
  readonly name: string
  readonly type: 'p' | 'u' | 'c' | 'f'
  readonly text: string
  readonly validated: boolean
  readonly columns?: readonly number[]
  readonly references?: NonNullable<ConstraintSnapshot['references']>
  readonly enums?: ConstraintSnapshot['enums']
}

const KINDS: Readonly<Record<ConstraintRow['type'], ConstraintKind>> = {
  p: 'primary key',
  u: 'unique',
  c: 'check',
  f: 'foreign key',
}

/** Constraints of tables; without exclusion and temporal ones (of which the index tells), inherited ones and those of partitions. */
export function constraintsQuery(scope: Scope): string {
  return asJson(
    scope,
    `
SELECT k.conrelid AS table, k.conname AS name, k.contype AS type, pg_get_constraintdef(k.oid) AS text, k.convalidated AS validated,
  k.conkey AS columns,
  CASE WHEN k.contype = 'f' THEN json_build_object('table', ${objectName(scope, 'fn.nspname', 'f.relname')},
    'columns', ${referencedNames}) END AS references,
  CASE WHEN k.contype = 'c' THEN ${enumsMentioned(scope, 'pg_constraint', 'k.oid')} END AS enums
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
LEFT JOIN pg_index i ON i.indexrelid = k.conindid
WHERE n.nspname IN (${schemaList(scope)}) AND NOT c.relispartition AND k.contype IN ('p', 'u', 'c', 'f')
  AND k.conislocal AND k.conparentid = 0 AND i.indisexclusion IS NOT TRUE`,
  )
}

/** Read here, and not taken from the columns read: the table need not be one that is compared. */
const referencedNames = `ARRAY(SELECT r.attname FROM pg_attribute r WHERE r.attrelid = k.confrelid AND r.attnum = ANY (k.confkey)
      ORDER BY array_position(k.confkey, r.attnum))`

export function constraintSnapshot(row: ConstraintRow, names: ColumnNames): ConstraintSnapshot {
  const isEnforced = !row.text.endsWith(' NOT ENFORCED')
  const full = row.text.replace(/ NOT VALID$/, '')
  return {
    name: row.name,
    kind: KINDS[row.type],
    definition: comparedPart(KINDS[row.type], full),
    full,
    validated: row.validated || !isEnforced,
    columns: columnNames(row.columns, names),
    ...(row.references === undefined ? {} : { references: row.references }),
    enums: row.enums ?? [],
  }
}

/** Models say columns, expression and a foreign key's actions, but no MATCH, INCLUDE, DEFERRABLE, NO INHERIT and the like. */
function comparedPart(kind: ConstraintKind, full: string): string {
  if (kind !== 'foreign key') return full.slice(0, afterGroup(full, 1))
  const end = afterGroup(full, 2)
  const [, actions = ''] = FOREIGN_KEY_TAIL.exec(full.slice(end)) ?? []
  return full.slice(0, end) + actions
}

const ACTION = '(?:NO ACTION|RESTRICT|CASCADE|SET NULL|SET DEFAULT)'
const FOREIGN_KEY_TAIL = new RegExp(
  `^(?: MATCH \\w+)?((?: ON UPDATE ${ACTION})?(?: ON DELETE ${ACTION})?)`,
)
