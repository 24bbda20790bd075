import { LimbeckError } from '../../errors.ts'
import type { Migrator } from '../../migrator.ts'
import type { CliCommand, CommandAnswer } from '../cli-command.ts'
import type { Paint } from '../paint.ts'

/** What one screen says: where the files and the database are, and what to type next. */
interface Status {
  readonly revisions: number
  readonly heads: readonly string[]
  readonly state:
    | 'no revisions'
    | 'several heads'
    | 'behind'
    | 'at head'
    | 'not migrated'
    | 'refused'
  readonly rows: readonly string[] | null
  readonly pending: readonly string[]
  readonly next: string | null
  readonly code?: string
  readonly reason?: string
}

export const status: CliCommand = {
  name: 'status',
  summary: 'say where files and database stand, and what to type next',
  example: 'npx limbeck status',
  async run({ migrator, paint }): Promise<CommandAnswer> {
    const found = await readStatus(await migrator())
    return { data: found, text: formatStatus(found, paint) }
  },
}

async function readStatus(limbeck: Migrator): Promise<Status> {
  const [history, heads] = [
    await limbeck.history(),
    await limbeck.heads({ resolveDependencies: true }),
  ]
  const files = { revisions: history.length, heads: heads.map(({ revision }) => revision) }
  try {
    const { rows, pending } = await limbeck.current()
    if (rows.length === 0 && files.revisions > 0) await limbeck.upgrade('heads', { plan: true })
    return { ...files, rows, pending, ...judge(files, rows, pending) }
  } catch (error) {
    // What an upgrade would refuse is the state, and its hint is what to do; without a server there is no state.
    if (!(error instanceof LimbeckError) || /CONNECTION|AUTHENTICATION/.test(error.code))
      throw error
    const { rows } = await limbeck.status()
    const { code, message, details } = error
    return {
      ...files,
      rows,
      pending: [],
      state: 'refused',
      reason: message,
      code,
      next: details.hint ?? null,
    }
  }
}

/** The state, and the command that leads on from it. */
function judge(
  { revisions, heads }: Pick<Status, 'revisions' | 'heads'>,
  rows: readonly string[],
  pending: readonly string[],
): Pick<Status, 'state' | 'next'> {
  if (revisions === 0)
    return {
      state: 'no revisions',
      next: "npx limbeck revision --autogenerate -m 'initial schema'",
    }
  if (heads.length > 1)
    return { state: 'several heads', next: "npx limbeck merge heads -m 'merge branches'" }
  if (rows.length === 0) return { state: 'not migrated', next: 'npx limbeck upgrade' }
  return pending.length === 0
    ? { state: 'at head', next: null }
    : { state: 'behind', next: 'npx limbeck upgrade' }
}

function formatStatus(status: Status, paint: Paint): string {
  const { revisions, heads, rows, pending, state, next } = status
  const line = (name: string, text: string) => `${paint('faint', name.padEnd(10))} ${text}`
  const isGood = state === 'at head'
  return [
    line('revisions', `${revisions}${heads.length === 0 ? '' : `, head ${heads.join(', ')}`}`),
    line('database', rows?.length ? rows.join(', ') : 'no version row'),
    line('state', paint(isGood ? 'good' : 'bad', state)),
    ...(pending.length === 0 ? [] : [line('pending', `${pending.length}: ${pending.join(', ')}`)]),
    ...(status.reason === undefined ? [] : [line('reason', `${status.code}: ${status.reason}`)]),
    line('next', next ?? 'nothing: change the models, then `npx limbeck revision --autogenerate`'),
  ].join('\n')
}
