import { addColumn, alterColumn, dropColumn } from './ddl/alter-column.ts'
import { columnOf } from './ddl/columns.ts'
import {
  addConstraint,
  constraintClause,
  dropConstraint,
  renameConstraint,
  validateConstraint,
  validated,
} from './ddl/constraints.ts'
import { addEnumValue, createEnum, dropEnum, replaceEnum } from './ddl/enums.ts'
import {
  addUniqueOnline,
  createIndex,
  createIndexAgain,
  dropIndex,
  renameIndex,
} from './ddl/indexes.ts'
import { dropNotNullOnline, onlySetsNotNull, setNotNullOnline } from './ddl/not-null.ts'
import { createPolicy, dropPolicy } from './ddl/policies.ts'
import { createSchema, dropSchema } from './ddl/schemas.ts'
import {
  alterSequence,
  createSequence,
  createSequenceAgain,
  dropSequence,
  serialAgain,
} from './ddl/sequences.ts'
import { dropAdded, swap, swapBack } from './ddl/swap.ts'
import {
  createTable,
  createTableAgain,
  disableRowSecurity,
  dropTable,
  enableRowSecurity,
} from './ddl/tables.ts'
import { addTwinKeys, addTwinKeysAgain } from './ddl/twin-keys.ts'
import { createView, createViewAgain, dropView } from './ddl/views.ts'
import type { Operation } from './operation.ts'
import { partOf } from './parts.ts'
import { renameStatements } from './rename/rename.ts'
import type { Column } from './schema.ts'
import type { Spelling } from './spelling.ts'

export interface StatementOptions {
  /** Says a new object as the models do; without, or where they do not know it, PostgreSQL's text is used. */
  readonly spelling?: Spelling
  /** Forms that let others read and write meanwhile, and that mostly cannot run in a transaction. */
  readonly online?: boolean
  /** Of such: they undo what may have been interrupted anywhere. */
  readonly isBack?: boolean
}

/** The SQL of an operation, statement by statement, without closing semicolons. */
export function operationStatements(
  operation: Operation,
  { spelling, online = false, isBack = false }: StatementOptions = {},
): readonly string[] {
  const statements =
    (online && isBack ? undoOnline(operation) : undefined) ??
    statementsOf(operation, spelling, online)
  return [...statements, ...(operation.putBack ?? [])]
}

/** Undefined where it works on any state as it is. */
function undoOnline(operation: Operation): readonly string[] | undefined {
  switch (operation.kind) {
    case 'swap':
      return swapBack(operation.table, [operation.before, operation.after], operation.after)
    case 'create index':
    case 'add constraint':
      return swapBack(operation.table, [partOf(operation)], partOf(operation))
    case 'drop index':
    case 'drop constraint':
      return dropAdded(operation.table, partOf(operation))
    case 'alter column': {
      const { table, before, after } = operation
      const isUndone = onlySetsNotNull({ before: after, after: before })
      return isUndone ? dropNotNullOnline(table, after.name) : undefined
    }
    default:
      return undefined
  }
}

function statementsOf(
  operation: Operation,
  spelling: Spelling | undefined,
  online: boolean,
): readonly string[] {
  switch (operation.kind) {
    case 'create schema':
      return [createSchema(operation.name)]
    case 'drop schema':
      return [dropSchema(operation.name)]
    case 'create enum':
      return [createEnum(operation.enum)]
    case 'drop enum':
      return [dropEnum(operation.enum)]
    case 'add enum value':
      return [addEnumValue(operation)]
    case 'replace enum':
      return replaceEnum(operation)
    case 'drop sequence':
      return [dropSequence(operation.sequence)]
    case 'alter sequence':
      return alterSequence(operation.before, operation.after)
    case 'drop view':
      return [dropView(operation.view)]
    case 'drop policy':
      return [dropPolicy(operation.table, operation.policy.name)]
    case 'rename':
      return renameStatements(operation.rename)
    case 'create view': {
      const { view } = operation
      const indexes = (view.indexes ?? []).map((index) => createIndexAgain(view, index))
      return [createdBy(operation, spelling), ...indexes]
    }
    case 'create sequence':
    case 'create policy':
      return [createdBy(operation, spelling)]
    default:
      return tableStatements(operation, spelling, online)
  }
}

type Creating = Extract<Operation, { kind: 'create sequence' | 'create view' | 'create policy' }>

function createdBy(operation: Creating, spelling: Spelling | undefined): string {
  if (operation.kind === 'create sequence') {
    const model = spelling?.sequence(operation.sequence)
    return model === undefined ? createSequenceAgain(operation.sequence) : createSequence(model)
  }
  if (operation.kind === 'create view') {
    const { view } = operation
    const model = spelling?.view(view)
    if (model === undefined) return createViewAgain(view)
    // One that is made again is filled if it was.
    const { populated = !model.withNoData } = view
    return createView({ ...model, withNoData: model.materialized && !populated })
  }
  const { table, policy } = operation
  return createPolicy(table, spelling?.policy(table, policy.name) ?? policy)
}

type OfTable = Extract<Operation, { kind: 'drop table' | 'create table' } | { table: unknown }>

function tableStatements(
  operation: Exclude<OfTable, { kind: 'create policy' | 'drop policy' }>,
  spelling: Spelling | undefined,
  online: boolean,
): readonly string[] {
  const { table } = operation
  switch (operation.kind) {
    case 'create table': {
      const model = spelling?.table(table)
      return model === undefined
        ? [
            createTableAgain(operation.table),
            ...addTwinKeysAgain(operation.table),
            ...operation.table.columns.flatMap((column) => serialAgain(table, column, 'no rows')),
          ]
        : [createTable(model), ...addTwinKeys(model)]
    }
    case 'drop table':
      return [dropTable(table)]
    case 'add column': {
      const { column } = operation
      const model = spelling?.column(table, column.name)
      return model === undefined
        ? [addColumn(table, columnOf(column, table)), ...serialAgain(table, column, 'rows')]
        : [addColumn(table, { ...model, ...(column.virtual && { virtual: true }) })]
    }
    case 'drop column':
      return [dropColumn(table, operation.column.name)]
    case 'alter column': {
      const { after } = operation
      if (online && onlySetsNotNull(operation)) return setNotNullOnline(table, after.name)
      const model = spelling?.column(table, after.name)
      // A collation that the models do not say would be lost in their words.
      const isModelled = after.collation === undefined || saysCollation(model)
      return alterColumn(operation, isModelled ? model : undefined)
    }
    case 'add constraint':
      return addedConstraint(operation, spelling, online)
    case 'drop constraint':
      return [dropConstraint(table, operation.constraint.name)]
    case 'validate constraint':
      return [validateConstraint(table, operation.constraint.name)]
    case 'rename constraint':
      return [renameConstraint(table, operation.from, operation.to)]
    case 'create index': {
      const { index } = operation
      const model = spelling?.index(table, index)
      return [
        model === undefined
          ? createIndexAgain(table, index, online)
          : createIndex(table, model, online),
      ]
    }
    case 'drop index':
      return [dropIndex(table, operation.index.name, online ? 'online' : '')]
    case 'rename index':
      return [renameIndex(table, operation.from, operation.to)]
    case 'swap':
      return swap(operation, spelling)
    case 'enable row security':
      return [enableRowSecurity(table)]
    case 'disable row security':
      return [disableRowSecurity(table)]
  }
}

function saysCollation(model: Column | undefined): boolean {
  return model?.type.kind === 'sql' && /\bcollate\b/i.test(model.type.sql)
}

function addedConstraint(
  { table, constraint }: Extract<Operation, { kind: 'add constraint' }>,
  spelling: Spelling | undefined,
  online: boolean,
): readonly string[] {
  const clause = spelling?.constraint(table, constraint) ?? constraintClause(constraint)
  const { kind, name } = constraint
  if (kind === 'primary key') return [addConstraint(table, clause)]
  if (kind === 'unique')
    return online ? addUniqueOnline(table, constraint) : [addConstraint(table, clause)]
  if (!constraint.validated) return [addConstraint(table, clause, true)]
  return online
    ? [addConstraint(table, clause, true), ...validated(table, constraint, name)]
    : [addConstraint(table, clause)]
}
