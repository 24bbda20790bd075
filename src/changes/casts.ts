import { labelOf } from '../autogenerate/labels.ts'
import type { RevisionDraft } from '../autogenerate/produce.ts'
import { codeOf } from '../database/server-error.ts'
import { LimbeckError, type Question } from '../errors.ts'
import type { Operation } from '../schema/operation.ts'
import { typeChange } from '../schema/type-change.ts'
import { didYouMean } from '../script/did-you-mean.ts'
import type { Session } from '../session/session.ts'
import { settingsStatement } from '../session/step-settings.ts'
import { quoteIdentifier } from '../sql/quote.ts'

type AlterColumn = Extract<Operation, { kind: 'alter column' }>

/** What a person says of the way from type to type and back: `table.column=expression`, once or more. */
export interface CastOptions {
  readonly using?: string | readonly string[] | undefined
  readonly usingDown?: string | readonly string[] | undefined
}

/**
 * The drafts with a USING for every type change that PostgreSQL has no cast for: what was given up and down, else through
 * text down, which is a guess. Throws LIMBECK_NO_CAST with what to type, LIMBECK_INVALID_OPTION for a column whose type stays.
 */
export async function withCasts(
  session: Session,
  drafts: readonly RevisionDraft[],
  { using = [], usingDown = [] }: CastOptions,
): Promise<readonly RevisionDraft[]> {
  const upgrades = drafts.flatMap(({ upgrade }) => upgrade.filter(changesType))
  const downgrades = drafts.flatMap(({ downgrade }) => downgrade.filter(changesType))
  const expressions = expressionsIn('--using', [using].flat(), upgrades)
  const ways = {
    up: expressions,
    down: expressionsIn('--using-down', [usingDown].flat(), downgrades),
  }
  const open: AlterColumn[] = []
  for (const change of upgrades) {
    if (!expressions.has(columnOf(change)) && !(await hasCast(session, change))) open.push(change)
  }
  if (open.length > 0) throw noCast(open)
  const upgraded = (operation: Operation): Operation => {
    if (!changesType(operation)) return operation
    const using = expressions.get(columnOf(operation))
    return using === undefined ? operation : { ...operation, using }
  }
  const edited: RevisionDraft[] = []
  for (const draft of drafts) {
    const downgrade = await castDown(session, draft.downgrade, ways)
    edited.push({ ...draft, upgrade: draft.upgrade.map(upgraded), downgrade })
  }
  return edited
}

type Expressions = ReadonlyMap<string, string>

/** Any two types have text in common; whether the values do, and what undoes an expression, only a person can tell. */
async function castDown(
  session: Session,
  operations: readonly Operation[],
  { up, down }: { readonly up: Expressions; readonly down: Expressions },
): Promise<readonly Operation[]> {
  const edited: Operation[] = []
  for (const operation of operations) {
    const given = changesType(operation) ? down.get(columnOf(operation)) : undefined
    if (!changesType(operation)) edited.push(operation)
    else if (given !== undefined) edited.push({ ...operation, using: given })
    else if (!(await hasCast(session, operation))) edited.push(throughText(operation))
    else if (up.has(columnOf(operation))) edited.push({ ...operation, isGuess: true })
    else edited.push(operation)
  }
  return edited
}

function throughText(operation: AlterColumn): AlterColumn {
  const { name, type } = operation.after
  return { ...operation, using: `${quoteIdentifier(name)}::text::${type}`, isGuess: true }
}

const columnOf = ({ table, after }: AlterColumn): string => labelOf(table, after.name)

function changesType(operation: Operation): operation is AlterColumn {
  return (
    operation.kind === 'alter column' && typeChange(operation.before, operation.after) !== undefined
  )
}

/** Asks PostgreSQL where nobody else knows. A type that does not exist yet is an enum: only text leads there. */
async function hasCast(session: Session, { before, after, using }: AlterColumn): Promise<boolean> {
  const change = typeChange(before, after)
  if (using !== undefined || change?.how !== 'unknown') return true
  const { config, connection } = session
  try {
    await connection.query(
      `BEGIN; ${settingsStatement(config, 'transaction')}; SELECT NULL::${before.type}::${after.type}; ROLLBACK`,
    )
    return true
  } catch (error) {
    if (connection.isLost()) throw error
    await connection.query('ROLLBACK')
    return codeOf(error) !== cannotCoerce && change.using?.includes('::text') === true
  }
}

const cannotCoerce = '42846'

function expressionsIn(
  option: string,
  given: readonly string[],
  changes: readonly AlterColumn[],
): Expressions {
  return new Map(given.map((text) => parseUsing(option, text, changes)))
}

function parseUsing(
  option: string,
  text: string,
  changes: readonly AlterColumn[],
): readonly [column: string, expression: string] {
  const columns = changes.map(columnOf)
  const column = columns.find((name) => text.startsWith(`${name}=`))
  if (column !== undefined) return [column, text.slice(column.length + 1)]
  const near = didYouMean(text.split('=')[0] ?? '', columns)
  throw new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    `${option} ${text} names no column whose type changes`,
    {
      hint:
        near !== null
          ? `Did you mean '${near}=…'?`
          : columns.length > 0
            ? `Write it as table.column=expression; types change of: ${columns.join(', ')}.`
            : 'Leave it out: no type changes.',
    },
  )
}

function noCast(changes: readonly AlterColumn[]): LimbeckError {
  const questions = changes.map((change): Question => {
    const column = columnOf(change)
    return {
      kind: 'using',
      of: `column ${column}`,
      from: change.before.type,
      to: [change.after.type],
      answers: [`--using '${column}=<SQL expression>'`],
    }
  })
  const list = questions.map(({ of, from, to }) => `- ${of}: ${from} to ${to.join()}`).join('\n')
  return new LimbeckError(
    'LIMBECK_NO_CAST',
    `PostgreSQL has no cast for a change of type; nothing was written\n${list}`,
    { questions, hint: `Say how: ${questions.flatMap(({ answers }) => answers).join(' ')}` },
  )
}
