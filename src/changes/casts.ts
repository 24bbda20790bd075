import { labelOf } from '../autogenerate/labels.ts'
import type { RevisionDraft } from '../autogenerate/produce.ts'
import { codeOf } from '../database/server-error.ts'
import { didYouMean } from '../did-you-mean.ts'
import { LimbeckError, type Question } from '../errors.ts'
import type { Operation } from '../schema/operation.ts'
import { typeChange } from '../schema/type-change.ts'
import type { Session } from '../session/session.ts'
import { settingsStatement } from '../session/step-settings.ts'
import { quoteIdentifier } from '../sql/quote.ts'

type AlterColumn = Extract<Operation, { kind: 'alter column' }>

/** What a person says of the way from type to type and back, and whom to ask. */
export interface CastOptions {
  /** SQL for rows where a type changes and PostgreSQL has no cast: `table.column=expression`. */
  readonly using?: string | readonly string[] | undefined
  /** The same for the downgrade, which otherwise tries a cast and says that it is a guess. */
  readonly usingDown?: string | readonly string[] | undefined
  /** Gives the expression for a question that `using` leaves open, then that for the downgrade: '' tries a cast. Default: LIMBECK_NO_CAST. */
  readonly askUsing?: ((question: Question, way: 'there' | 'back') => Promise<string>) | undefined
}

/**
 * The drafts with a USING for every type change that PostgreSQL has no cast for: what was given or answered up and down, else
 * through text down, which is a guess. Throws LIMBECK_NO_CAST with what to type, LIMBECK_INVALID_OPTION for a column whose type stays.
 */
export async function withCasts(
  session: Session,
  drafts: readonly RevisionDraft[],
  { using = [], usingDown = [], askUsing }: CastOptions,
): Promise<readonly RevisionDraft[]> {
  const upgrades = drafts.flatMap(({ upgrade }) => upgrade.filter(changesType))
  const downgrades = drafts.flatMap(({ downgrade }) => downgrade.filter(changesType))
  const ways = {
    up: expressionsIn('--using', [using].flat(), upgrades),
    down: expressionsIn('--using-down', [usingDown].flat(), downgrades),
  }
  const open: AlterColumn[] = []
  for (const change of upgrades) {
    if (!ways.up.has(columnOf(change)) && !(await hasCast(session, change))) open.push(change)
  }
  if (open.length > 0 && askUsing === undefined) throw noCast(open)
  if (askUsing !== undefined) await askFor(open, ways, askUsing)
  const upgraded = (operation: Operation): Operation => {
    if (!changesType(operation)) return operation
    const using = ways.up.get(columnOf(operation))
    return using === undefined ? operation : { ...operation, using }
  }
  const edited: RevisionDraft[] = []
  for (const draft of drafts) {
    const downgrade = await castDown(session, draft.downgrade, ways)
    edited.push({ ...draft, upgrade: draft.upgrade.map(upgraded), downgrade })
  }
  return edited
}

type Expressions = Map<string, string>

async function askFor(
  open: readonly AlterColumn[],
  { up, down }: { readonly up: Expressions; readonly down: Expressions },
  ask: NonNullable<CastOptions['askUsing']>,
): Promise<void> {
  for (const change of open) {
    const column = columnOf(change)
    up.set(column, await ask(questionOf(change), 'there'))
    const back = down.has(column) ? '' : await ask(questionOf(change), 'back')
    if (back !== '') down.set(column, back)
  }
}

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

/** Asks PostgreSQL where no table of casts tells. A type that does not exist yet is an enum: only text leads there. */
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
  throw new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    `${option} ${text} does not name a column whose type changes`,
    { hint: hintFor(text, columns) },
  )
}

function hintFor(text: string, columns: readonly string[]): string {
  if (columns.length === 0) return 'Leave it out: no type changes.'
  const near = didYouMean(text.split('=')[0] ?? '', columns)
  return near === null
    ? `Write it as table.column=expression; types change of: ${columns.join(', ')}.`
    : `Did you mean '${near}=…'?`
}

function questionOf(change: AlterColumn): Question {
  const column = columnOf(change)
  return {
    kind: 'using',
    of: `column ${column}`,
    from: change.before.type,
    to: [change.after.type],
    answers: [`--using '${column}=<SQL expression>'`],
  }
}

function noCast(changes: readonly AlterColumn[]): LimbeckError {
  const questions = changes.map(questionOf)
  const list = questions.map(({ of, from, to }) => `- ${of}: ${from} to ${to.join()}`).join('\n')
  return new LimbeckError(
    'LIMBECK_NO_CAST',
    `PostgreSQL has no cast for a change of type; nothing was written\n${list}`,
    { questions, hint: `Say how: ${questions.flatMap(({ answers }) => answers).join(' ')}` },
  )
}
