import type { FleetMember, FleetProgress, FleetReport } from '../../migrator.ts'
import type { Paint } from '../paint.ts'
import { bar } from '../progress.ts'
import { duration, listNames, rows } from './run.ts'

/** `fleet` while it runs: how many are done with, and the latest of them. */
export function formatProgress(
  { name, outcome }: FleetMember,
  { done, total }: FleetProgress,
): string {
  return `[${bar(done, total)}] ${done}/${total} ${name} ${outcome}`
}

/** `fleet`: what became of those that were not at the target, then how many there are of each kind. */
export function formatFleet(
  { kind, members, totals, durationMs }: FleetReport,
  paint: Paint,
): string {
  const told = new Map<string, string[]>()
  for (const member of members) {
    if (member.outcome === 'current' || member.outcome === 'waited') continue
    const what = describe(kind, member, paint)
    told.set(what, [...(told.get(what) ?? []), paint('id', member.name)])
  }
  const kinds = Object.entries(totals).filter(([, count]) => count > 0)
  const counts = kinds.map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'none'
  const end = kind === 'plan' ? '; nothing was run' : ` (${duration(durationMs)})`
  return [
    ...[...told].map(([what, names]) => `${listNames(names)}: ${what}`),
    `${members.length === 1 ? '1 member' : `${members.length} members`}: ${counts}${end}.`,
  ].join('\n')
}

function describe(kind: FleetReport['kind'], member: FleetMember, paint: Paint): string {
  const { outcome, from, to, applied, stamped = [], error } = member
  const steps = applied.length === 1 ? '1 step' : `${applied.length} steps`
  if (error) {
    const done = applied.length === 0 ? '' : ` (${steps} before it stay applied)`
    const { hint } = error.details
    const told = hint === undefined ? '' : `\n  ${paint('faint', 'hint:')} ${hint}`
    return `${paint('bad', 'failed')}${done}, ${error.code}: ${error.message.replaceAll('\n', ' ')}${told}`
  }
  const word = outcome === 'behind' ? paint('mark', outcome) : paint('good', outcome)
  if (outcome !== 'behind')
    return `${word} from ${rows(from, paint)} to ${rows(to, paint)} in ${steps}${stamped.length === 0 ? '' : `, ${stamped.length} stamped`}`
  return kind === 'plan'
    ? `${word} by ${steps}: ${rows(from, paint)} to ${rows(to, paint)}`
    : `${word} at ${rows(from, paint)}, not begun`
}
