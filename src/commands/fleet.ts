import type {
  FleetMember,
  FleetOptions,
  FleetOutcome,
  FleetReport,
  FleetRunOptions,
} from '../config/fleet-options.ts'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { createFleet } from '../fleet/fleet.ts'
import { listMembers } from '../fleet/list-members.ts'
import { shareOut } from '../fleet/share-out.ts'
import type { Revisions } from '../script/revisions.ts'

/**
 * Upgrades many schemas of one database, or many databases, each under its own lock; several processes may do so at once and
 * share the members out. A member's failure is in the report. Throws LIMBECK_INVALID_OPTION, and when the list or a
 * database that all share cannot be read.
 */
export async function fleet(
  config: Config,
  revisions: Revisions,
  target: string,
  { plan = false, onMember = () => {}, ...options }: FleetRunOptions,
): Promise<FleetReport> {
  const start = performance.now()
  const found = new Map<string, FleetMember>()
  const all = createFleet(config, revisions, target, {
    create: options.create ?? false,
    isPlan: plan,
    concurrency: checkConcurrency(options.concurrency ?? defaultConcurrency),
    onMember: (member) => {
      found.set(member.name, member)
      onMember(member, { done: found.size, total: list.members.length })
    },
  })
  const list = await listMembers(config, options)
  await shareOut(all, list)
  const members = list.members.flatMap(({ name }) => found.get(name) ?? [])
  const durationMs = Math.round(performance.now() - start)
  return { kind: plan ? 'plan' : 'run', members, totals: totalsOf(members), durationMs }
}

const defaultConcurrency = 4

function checkConcurrency(concurrency: number): number {
  if (Number.isInteger(concurrency) && concurrency >= 1) return concurrency
  throw new LimbeckError('LIMBECK_INVALID_OPTION', `option concurrency is ${concurrency}`, {
    hint: 'Give a whole number, 1 or more.',
  })
}

/** A list of the call replaces the configured one; the rest is taken from there. */
export function withConfigured(
  { schemas, databases, urls, ...configured }: FleetOptions = {},
  given: FleetRunOptions = {},
): FleetRunOptions {
  const isGiven = given.schemas ?? given.databases ?? given.urls
  const list = isGiven === undefined ? { schemas, databases, urls } : {}
  return { ...configured, ...list, ...given }
}

function totalsOf(members: readonly FleetMember[]): FleetReport['totals'] {
  const totals: Record<FleetOutcome, number> = {
    current: 0,
    upgraded: 0,
    created: 0,
    resumed: 0,
    adopted: 0,
    waited: 0,
    behind: 0,
    failed: 0,
  }
  for (const { outcome } of members) totals[outcome] += 1
  return totals
}
