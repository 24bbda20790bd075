import { sequenceOptions } from '../schema/ddl/sequences.ts'
import { isEqual } from '../schema/equal.ts'
import { isSame, keyOf } from '../schema/names.ts'
import type { Operation } from '../schema/operation.ts'
import { isKey, type Part, partOf, sortOf } from '../schema/parts.ts'
import type { ObjectName, SequenceOptions } from '../schema/schema.ts'
import { givenOptions, serialOptions } from '../schema/sequence-options.ts'
import type { ColumnSnapshot, ConstraintSnapshot } from '../schema/snapshot.ts'
import { mayRefuse, typeChange } from '../schema/type-change.ts'
import { typeName } from '../schema/type-name.ts'
import { lostColumns } from '../schema/view-columns.ts'
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts'
import { changesValues, guardNotes } from './guard-notes.ts'

/** What a person has to know of an operation beside what it loses, a line each; mostly nothing. `all` are those of its body. */
export function operationNotes(
  operation: Operation,
  direction: 'upgrade' | 'downgrade',
  all: readonly Operation[] = [operation],
): readonly string[] {
  const isBack = direction === 'downgrade'
  switch (operation.kind) {
    case 'drop view':
      return viewNotes(operation, all)
    case 'create table':
      return isBack ? ['the table comes back, its rows do not'] : []
    case 'add column': {
      const { column } = operation
      if (needsValue(column)) return ['fails where the table has rows: NOT NULL, and no default']
      return isBack && column.generated === undefined
        ? ['the column comes back, its values do not']
        : []
    }
    case 'alter column':
      return [...alterNotes(operation), ...guardNotes(operation, all)]
    case 'replace enum':
      return enumNotes(operation)
    case 'create index':
    case 'add constraint':
      return ruleNotes(partOf(operation), operation.table, all)
    case 'validate constraint':
      return constraintNotes(operation.constraint, operation.table)
    case 'swap':
      return ruleNotes(operation.after, operation.table, all)
    case 'drop index':
    case 'drop constraint':
      return isBack ? [] : openedNotes(partOf(operation), operation.table, all)
    default:
      return []
  }
}

type Of<Kind extends Operation['kind']> = Extract<Operation, { readonly kind: Kind }>

/** What a view carries is put back when it is made again: see `put-back.ts`. */
function viewNotes({ view }: Of<'drop view'>, all: readonly Operation[]): readonly string[] {
  const { carries = [] } = view
  const after = all.find((other) => other.kind === 'create view' && isSame(other.view, view))
  if (carries.length === 0) return []
  if (after?.kind !== 'create view') return [`${carries.join(' and ')} on the view are lost`]
  const lost = lostColumns(view, after.view).map(quoteIdentifier)
  return lost.length === 0
    ? []
    : [`check this: what ${carries.join(' and ')} of the view say of ${lost.join(', ')} is lost`]
}

function alterNotes({ before, after, isGuess, using }: Of<'alter column'>): readonly string[] {
  return [
    ...(isGuess === true ? ['check this: how values get back was not said (--using-down)'] : []),
    ...(!before.notNull && after.notNull ? ['fails while a row has no value in it'] : []),
    ...(using === undefined ? refusedValues(before, after) : []),
    ...lostOptions(before, after),
  ]
}

/** What the sequence behind a column has been told, and the one in its place has not. */
function lostOptions(before: ColumnSnapshot, after: ColumnSnapshot): readonly string[] {
  const [old, now] = [before, after].map(optionsBehind)
  if (old === undefined || now === undefined || (before.identity && after.identity)) return []
  const lost = Object.entries(old).filter(([name]) => !(name in now))
  const clauses = sequenceOptions(Object.fromEntries(lost))
  return clauses.length === 0
    ? []
    : [`the sequence behind ${quoteIdentifier(after.name)} loses ${clauses.join(' ')}`]
}

/** None where there is no sequence behind it. */
function optionsBehind(column: ColumnSnapshot): SequenceOptions | undefined {
  if (column.identity !== undefined) return givenOptions(column.identity.options, column.type)
  return column.serial ? givenOptions(serialOptions(column), column.type) : undefined
}

/** Of casts that end with an error at a value that they do not take. */
function refusedValues(before: ColumnSnapshot, after: ColumnSnapshot): readonly string[] {
  const change = typeChange(before, after)
  if (change === undefined) return []
  if (after.enum !== undefined)
    return [`fails while a row has a value that the enum ${keyOf(after.enum)} has not`]
  if (change.narrowing)
    return mayRefuse(before, after)
      ? [`fails while a row has a value that does not fit ${typeName(after)}`]
      : []
  const isWhole = /^(smallint|integer|bigint)/.test(after.type)
  return isWhole && before.type.startsWith('numeric') ? ['fails while a row has NaN'] : []
}

function enumNotes({ before, after, columns }: Of<'replace enum'>): readonly string[] {
  const removed = before.values.filter((value) => !after.values.includes(value))
  const tables = [...new Set(columns.map(({ table }) => keyOf(table)))]
  return [
    ...(removed.length > 0
      ? [`fails while a row has ${removed.map(quoteLiteral).join(' or ')}`]
      : []),
    ...(tables.length > 0 ? [`every row of ${tables.join(' and ')} is written again`] : []),
  ]
}

/** Rows that a new rule may find. Where the table is new, or the same rule only made way, there are none. */
function ruleNotes(rule: Part, table: ObjectName, all: readonly Operation[]): readonly string[] {
  return [...(rule.loses ?? []), ...newRuleNotes(rule, table, all)]
}

function newRuleNotes(rule: Part, table: ObjectName, all: readonly Operation[]): readonly string[] {
  const beside = all.filter((other) => 'table' in other && isSame(other.table, table))
  if (beside.some(({ kind }) => kind === 'create table')) return []
  const dropped = beside.flatMap((other) => {
    if (other.kind === 'swap') return other.before
    return other.kind === 'drop index' || other.kind === 'drop constraint' ? partOf(other) : []
  })
  const isChecked = (old: Part) => !('kind' in old) || old.validated
  const held = (old: Part) =>
    isChecked(old) && (old.definition === rule.definition || isImplied(old, rule))
  if (dropped.some(held) && !hasNewValues(rule, table, all)) return []
  if ('kind' in rule) return constraintNotes(rule, table)
  return rule.unique ? [duplicates(rule.reads)] : []
}

/** What rows may be from now on, unless another rule of the sort stands in, or what it was about goes too. */
function openedNotes(rule: Part, table: ObjectName, all: readonly Operation[]): readonly string[] {
  const beside = all.filter((other) => 'table' in other && isSame(other.table, table))
  const made = beside.flatMap((other) => {
    if (other.kind === 'swap') return other.after
    return other.kind === 'create index' || other.kind === 'add constraint' ? partOf(other) : []
  })
  const isInstead = (other: Part) =>
    sortOf(other) === sortOf(rule) &&
    (other.name === rule.name || isEqual(columnsOf(other), columnsOf(rule)))
  const target = 'kind' in rule ? rule.references?.table : undefined
  const isPointless =
    beside.some((one) => one.kind === 'drop column' && columnsOf(rule).includes(one.column.name)) ||
    all.some((one) => one.kind === 'drop table' && target && isSame(one.table, target))
  if (isPointless || made.some(isInstead)) return []
  if (isKey(rule)) return [`from now on two rows may have the same ${listed(columnsOf(rule))}`]
  if (!('kind' in rule)) return []
  return target === undefined
    ? [`from now on a row of ${keyOf(table)} need not fit it`]
    : [`from now on a row of ${keyOf(table)} may point at nothing in ${keyOf(target)}`]
}

/** Whether rows get other values in what a rule is about: that the rule before held says nothing of these. */
function hasNewValues(rule: Part, table: ObjectName, all: readonly Operation[]): boolean {
  const target = 'kind' in rule ? rule.references : undefined
  return all.some((one) => {
    if (one.kind !== 'add column' && one.kind !== 'alter column') return false
    if (one.kind === 'alter column' && !changesValues(one)) return false
    const { name } = one.kind === 'add column' ? one.column : one.after
    const isOwn = isSame(one.table, table) && columnsOf(rule).includes(name)
    return isOwn || (target && isSame(one.table, target.table) && target.columns.includes(name))
  })
}

const columnsOf = (part: Part) => ('kind' in part ? part.columns : part.reads)
const listed = (columns: readonly string[]) => columns.map(quoteIdentifier).join(', ')

/** Rows that differ in some columns differ in more of them as well. */
function isImplied(before: Part, after: Part): boolean {
  // Of some rows only, or of values that are computed.
  const isPartial = ({ definition }: Part) => /\(.*\(|\bWHERE\b/.test(definition)
  return (
    isKey(before) &&
    isKey(after) &&
    !isPartial(before) &&
    !after.full.includes('NULLS NOT DISTINCT') &&
    columnsOf(before).every((column) => columnsOf(after).includes(column))
  )
}

function constraintNotes(
  { kind, columns, references, validated }: ConstraintSnapshot,
  table: ObjectName,
): readonly string[] {
  if (kind === 'primary key' || kind === 'unique') return [duplicates(columns)]
  if (!validated) return []
  return references === undefined
    ? [`fails while a row of ${keyOf(table)} does not fit it`]
    : [`fails while a row of ${keyOf(table)} points at nothing in ${keyOf(references.table)}`]
}

function duplicates(columns: readonly string[]): string {
  return `fails while two rows have the same ${listed(columns)}`
}

function needsValue({ notNull, default: value, generated, identity, serial }: ColumnSnapshot) {
  const isFilled = [value, generated, identity].some((source) => source !== undefined) || serial
  return notNull && !isFilled
}
