import { quoteIdentifier } from '../../sql/quote.ts'
import { inParentheses } from '../../sql/tokens.ts'
import { defaultExpression } from '../expression.ts'
import { keyOf } from '../names.ts'
import type { Operation } from '../operation.ts'
import type { Column, ObjectName } from '../schema.ts'
import { isNarrowerSequence, serialOptions } from '../sequence-options.ts'
import type { ColumnSnapshot } from '../snapshot.ts'
import { typeChange } from '../type-change.ts'
import { typeName } from '../type-name.ts'
import { columnDefinition, columnOf, columnType, identityClause } from './columns.ts'
import { leftoverAgain, leftoverOfSerial } from './leftover-sequence.ts'
import {
  continueAfterRows,
  continueAfterSequence,
  droppedSequence,
  formerSequence,
  keptPosition,
  sequenceLiteral,
  sequenceOf,
  sequenceOfIdentity,
} from './sequence-position.ts'
import { changedOptions, createSequenceAgain, dropSequence, serialClauses } from './sequences.ts'
import { alterTable } from './tables.ts'

type AlterColumn = Extract<Operation, { kind: 'alter column' }>

/** `ALTER TABLE … ADD COLUMN`. */
export function addColumn(table: ObjectName, column: Column): string {
  return alterTable(table, `ADD COLUMN ${columnDefinition(column, table)}`)
}

/** `ALTER TABLE … DROP COLUMN`; its indexes and constraints go with it. */
export function dropColumn(table: ObjectName, name: string): string {
  return alterTable(table, `DROP COLUMN ${quoteIdentifier(name)}`)
}

/**
 * Everything about a column that changes: what is in the way of the new type goes first, what needs it comes last.
 * `model` spells type and default as the model does.
 */
export function alterColumn(operation: AlterColumn, model?: Column): readonly string[] {
  const { table, before, after } = operation
  const alter = (action: string) =>
    alterTable(table, `ALTER COLUMN ${quoteIdentifier(after.name)} ${action}`)
  const change = typeChange(before, after)
  const keepsDefault =
    before.default === after.default && (change?.how ?? 'assigned') === 'assigned'
  const statements: string[] = [...dropSource(operation, alter)]
  if (before.default !== undefined && (after.default === undefined || (change && !keepsDefault)))
    statements.push(alter('DROP DEFAULT'))
  if (before.notNull && !after.notNull) statements.push(alter('DROP NOT NULL'))
  const isNarrower = isNarrowerSequence(before.type, after.type)
  if (isNarrower) statements.push(...alterIdentity(operation, alter))
  if (change !== undefined || before.collation !== after.collation) {
    const using = operation.using ?? change?.using
    const type = model === undefined || after.serial ? collatedType(after) : columnType(model.type)
    statements.push(alter(`TYPE ${type}${using === undefined ? '' : ` USING ${using}`}`))
  }
  if (before.generated !== undefined && after.generated !== undefined)
    statements.push(...setExpression(operation, alter, model))
  if (after.default !== undefined && !keepsDefault)
    statements.push(alter(`SET DEFAULT ${defaultExpression(model?.default ?? after.default)}`))
  if (!before.notNull && after.notNull) statements.push(alter('SET NOT NULL'))
  return [
    ...statements,
    ...addSource(operation, alter),
    ...(isNarrower ? [] : alterIdentity(operation, alter)),
  ]
}

function setExpression(
  { before, after }: AlterColumn,
  alter: Alter,
  model?: Column,
): readonly string[] {
  if (before.generated === after.generated) return []
  return [alter(`SET EXPRESSION AS ${inParentheses(model?.generated ?? after.generated ?? '')}`)]
}

/** Without a collation the column gets the type's own. */
function collatedType(column: ColumnSnapshot): string {
  return `${typeName(column)}${column.collation === undefined ? '' : ` COLLATE ${column.collation}`}`
}

type Alter = (action: string) => string

/** Identity, serial and generation that the column loses. */
function dropSource(operation: AlterColumn, alter: Alter): readonly string[] {
  const { table, before, after, leftover } = operation
  if (before.identity !== undefined && after.identity === undefined)
    return [...leaveIdentity(operation), alter('DROP IDENTITY'), ...leftoverAgain(operation)]
  if (before.generated !== undefined && after.generated === undefined)
    return [alter('DROP EXPRESSION')]
  if (leftover !== undefined && after.identity !== undefined) return leaveName(table, leftover)
  if (!before.serial || after.serial) return leaveDefault(operation)
  const sequence = sequenceOf(table, before)
  if (after.identity !== undefined) return [alter('DROP DEFAULT'), ...leaveName(table, sequence)]
  const dropped = droppedSequence(operation)
  return [
    ...leaveDefault(operation),
    alter('DROP DEFAULT'),
    ...(dropped === undefined ? leftoverOfSerial(operation) : [dropSequence(dropped)]),
  ]
}

/** The sequence goes with the identity: what takes its place has to be there before. */
function leaveIdentity(operation: AlterColumn): readonly string[] {
  const { table, after, position, leftover } = operation
  if (position === undefined) return []
  if (position.to !== undefined) return leaveDefault(operation)
  const former = formerSequence(table)
  return [
    leftover === undefined
      ? ['CREATE SEQUENCE', keyOf(former), ...serialClauses(after)].join(' ')
      : createSequenceAgain({ ...leftover, ...former }),
    continueAfterSequence(sequenceLiteral(former), position.from, position),
  ]
}

/** The sequence that a new default reads goes on where the column's numbers stand. */
function leaveDefault({ position }: AlterColumn): readonly string[] {
  if (position?.to === undefined) return []
  return [continueAfterSequence(sequenceLiteral(position.to), position.from, position)]
}

/** Makes room for the sequence of an identity, which is to have the same name. */
function leaveName(table: ObjectName, sequence: ObjectName): readonly string[] {
  return [
    `ALTER SEQUENCE ${keyOf(sequence)} OWNED BY NONE`,
    `ALTER SEQUENCE ${keyOf(sequence)} RENAME TO ${quoteIdentifier(formerSequence(table).name)}`,
  ]
}

/** Identity and serial that it gets; of serial also what its type changes. */
function addSource(operation: AlterColumn, alter: Alter): readonly string[] {
  const { table, before, after, position, leftover } = operation
  if (after.serial) return before.serial ? resizedSerial(operation) : addSerial(operation, alter)
  if (after.identity === undefined || before.identity !== undefined) return []
  const { identity } = columnOf(after, table)
  if (identity === undefined) return []
  const sequence = sequenceOfIdentity(operation)
  const added = alter(`ADD ${identityClause(identity, table)}`)
  if (position === undefined)
    return [added, continueAfterRows(table, after.name, sequence, after.identity.options)]
  if (!before.serial && leftover === undefined)
    return [added, continueAfterSequence(sequence, position.from, position)]
  const former = formerSequence(table)
  const { options } = after.identity
  return [
    added,
    continueAfterSequence(sequence, former, position),
    dropSequence(former),
    // Rows need not have taken their numbers from it.
    ...(leftover
      ? [continueAfterRows(table, after.name, sequence, { ...options, from: leftover })]
      : []),
  ]
}

function addSerial(operation: AlterColumn, alter: Alter): readonly string[] {
  const { table, before, after, position } = operation
  const sequence = sequenceOf(table, after)
  const name = keyOf(sequence)
  const owner = `OWNED BY ${keyOf(table)}.${quoteIdentifier(after.name)}`
  const literal = sequenceLiteral(sequence)
  const useIt = alter(`SET DEFAULT nextval(${literal})`)
  if (before.identity !== undefined && position !== undefined) {
    const former = keyOf(formerSequence(table))
    return [
      `ALTER SEQUENCE ${former} RENAME TO ${quoteIdentifier(sequence.name)}`,
      `ALTER SEQUENCE ${name} ${owner}`,
      useIt,
    ]
  }
  const exists =
    before.identity === undefined &&
    before.sequence !== undefined &&
    keyOf(before.sequence) === name
  const isContinued = position !== undefined && !exists
  const clauses = exists ? [`AS ${after.type}`] : serialClauses(after)
  return [
    [exists ? 'ALTER' : 'CREATE', 'SEQUENCE', name, ...clauses, owner].join(' '),
    useIt,
    isContinued
      ? continueAfterSequence(literal, position.from, position)
      : continueAfterRows(table, after.name, literal, {
          ...serialOptions(after),
          ...(exists && { from: sequence }),
        }),
  ]
}

function resizedSerial({ table, before, after }: AlterColumn): readonly string[] {
  if (before.type === after.type) return []
  const sequence = keyOf(sequenceOf(table, before))
  const typed = (column: ColumnSnapshot) => ({ type: column.type, options: serialOptions(column) })
  const clauses = [`AS ${after.type}`, ...changedOptions(typed(before), typed(after))]
  return [['ALTER SEQUENCE', sequence, ...clauses].join(' ')]
}

/** The bounds of an identity have to fit its type at every moment: they narrow before it does. */
function alterIdentity({ table, before, after }: AlterColumn, alter: Alter): readonly string[] {
  if (before.identity === undefined || after.identity === undefined) return []
  const { always } = after.identity
  const kind =
    always === before.identity.always ? [] : [`SET GENERATED ${always ? 'ALWAYS' : 'BY DEFAULT'}`]
  const options = changedOptions(
    { type: before.type, options: before.identity.options },
    { type: after.type, options: after.identity.options },
  ).map((clause) => `SET ${clause}`)
  if (kind.length + options.length === 0) return []
  const { position, restart } =
    options.length === 0
      ? { position: [], restart: [] }
      : keptPosition(
          keyOf(sequenceOf(table, before)),
          before.identity.options,
          after.identity.options,
        )
  const sequence = sequenceLiteral(sequenceOf(table, before))
  return [
    ...position,
    alter([...kind, ...options, ...restart].join(' ')),
    ...(restart.length > 0
      ? [continueAfterRows(table, after.name, sequence, after.identity.options)]
      : []),
  ]
}
