import { breakingOperations } from '../schema/breaking.ts'
import { dataLoss } from '../schema/data-loss.ts'
import { isSame, keyOf } from '../schema/names.ts'
import type { Operation } from '../schema/operation.ts'
import { operationStatements } from '../schema/operation-statements.ts'
import type { Spelling } from '../schema/spelling.ts'
import { comeBack, makeWay } from '../sql/detour.ts'
import { quoteLiteral } from '../sql/quote.ts'
import { closed } from '../sql/tokens.ts'
import { labelOf } from './labels.ts'
import { operationNotes } from './notes.ts'
import type { RevisionDraft } from './produce.ts'

/** What a revision file says beside its edges in the graph. */
export interface RevisionContent {
  readonly upgrade: string
  readonly downgrade: string
  readonly transactional: boolean
  /** `false` where an older build cannot work on what the upgrade leaves; null says nothing. */
  readonly compatible: false | null
}

/** A revision's bodies: the upgrade in the models' own words, the downgrade in PostgreSQL's. */
export function revisionContent(draft: RevisionDraft, spelling: Spelling): RevisionContent {
  const online = draft.stage === 'online'
  const more = { online, models: spelling, hindrances: draft.hindrances }
  return {
    upgrade: renderOperations(draft.upgrade, 'upgrade', { ...more, spelling }),
    downgrade:
      renderOperations(draft.downgrade, 'downgrade', { ...more, isBack: true }) || NOTHING_TO_UNDO,
    transactional: !online,
    compatible: breakingOperations(draft.upgrade).length > 0 ? false : null,
  }
}

/** A constraint that was checked on its rows stays so; a file has a downgrade, all the same. */
const NOTHING_TO_UNDO = '-- nothing to undo\nSELECT 1;'

/** What a revision's upgrade deletes, in words; mostly nothing. */
export function revisionLosses({ upgrade }: RevisionDraft): readonly string[] {
  return upgrade.flatMap((operation) => dataLoss(operation, upgrade) ?? [])
}

interface RenderOptions {
  readonly online?: boolean
  readonly isBack?: boolean
  readonly spelling?: Spelling
  /** What the models have, whichever way it goes. */
  readonly models?: Spelling
  readonly hindrances?: RevisionDraft['hindrances'] | undefined
}

/** Statements with what has to be known of each above it; an empty line between one change and the next. */
export function renderOperations(
  operations: readonly Operation[],
  direction: 'upgrade' | 'downgrade',
  options: RenderOptions = {},
): string {
  let text = ''
  let above: Block | undefined
  for (const operation of operations) {
    const block = blockOf(operation, direction, options, operations)
    if (block.lines.length === 0) continue
    if (above !== undefined) text += belongsTo(above, block) ? '\n' : '\n\n'
    text += block.lines.join('\n')
    above = block
  }
  return text
}

/** The lines of one operation. */
interface Block {
  readonly lines: readonly string[]
  /** What operations that stay together have in common. */
  readonly subject: string
}

function blockOf(
  operation: Operation,
  direction: 'upgrade' | 'downgrade',
  { hindrances, models, ...options }: RenderOptions,
  all: readonly Operation[],
): Block {
  const hindrance = hindrances?.get(operation)
  const statements = [
    ...(hindrance?.before ?? []).map(({ sql }) => sql),
    ...whereThere(operation, operationStatements(operation, options), all, models),
    ...(hindrance?.after ?? []).map(({ sql }) => sql),
  ].map((sql) => `${closed(sql.trimEnd())};`)
  const lost = dataLoss(operation, all)
  const notes = [
    ...(lost === null ? [] : [`data loss: ${lost}`]),
    ...operationNotes(operation, direction, all),
    ...(operation.notPutBack ?? []),
    ...(hindrance?.notes ?? []),
  ]
  const owner = 'table' in operation && 'name' in operation.table ? labelOf(operation.table) : ''
  return {
    lines: [...[...new Set(notes)].map((note) => `-- ${oneLine(note)}`), ...statements],
    subject: `${operation.kind} ${owner}`,
  }
}

type OfPolicy = Extract<Operation, { readonly kind: 'drop policy' | 'create policy' }>

const isOfPolicy = (one: Operation): one is OfPolicy =>
  one.kind === 'drop policy' || one.kind === 'create policy'

/** A policy that the models lack makes way and comes back where it is: another database need not have it. */
function whereThere(
  operation: Operation,
  statements: readonly string[],
  all: readonly Operation[],
  models: Spelling | undefined,
): readonly string[] {
  if (!isOfPolicy(operation)) return statements
  const { table, policy } = operation
  const comesBack = all.some(
    (one) =>
      isOfPolicy(one) &&
      one.kind !== operation.kind &&
      one.policy.name === policy.name &&
      isSame(one.table, table),
  )
  if (!comesBack || models?.policy(table, policy.name)) return statements
  const moving = {
    label: `policy ${policy.name} on ${keyOf(table)}`,
    there: `EXISTS (SELECT FROM pg_policy WHERE polname = ${quoteLiteral(policy.name)} AND polrelid = to_regclass(${quoteLiteral(keyOf(table))}))`,
  }
  return operation.kind === 'drop policy'
    ? statements.map((sql) => makeWay(moving, sql))
    : [comeBack(moving, statements)]
}

/** Changes of one kind to one table read best as a block, unless one of them has more to say than a line. */
function belongsTo(above: Block, block: Block): boolean {
  const isShort = ({ lines: [line = '', ...others] }: Block) =>
    others.length === 0 && !line.includes('\n')
  return above.subject === block.subject && isShort(above) && isShort(block)
}

// A name may hold anything, also an end of line: what is behind it must stay a comment.
const oneLine = (text: string): string => text.replace(/\s+/g, ' ')
