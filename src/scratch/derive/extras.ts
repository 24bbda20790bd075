import type { LiveExtra } from '../../changes/live-extras.ts'

/** What makes objects, that models cannot declare, as they were: around the statements for tables and types. */
export interface ExtraStatements {
  /** What stands on tables goes first. */
  readonly first: readonly string[]
  /** What tables are made of. */
  readonly before: readonly string[]
  /** What stands on tables again. */
  readonly after: readonly string[]
  /** What tables were made of. */
  readonly last: readonly string[]
  /** Objects without a short statement. */
  readonly left: readonly string[]
}

/** The statements that lead from the extras of `from` to those of `to`. */
export function extraStatements(
  from: readonly LiveExtra[],
  to: readonly LiveExtra[],
): ExtraStatements {
  const wanted = new Map(to.map((extra) => [extra.label, extra]))
  const there = new Map(from.map((extra) => [extra.label, extra]))
  const gone = from
    .filter((extra) => !isKept(extra, wanted.get(extra.label)) && !isLent(extra, wanted))
    .toReversed()
  const made = to.filter(
    (extra) => there.get(extra.label)?.sql !== extra.sql && !isLent(extra, there),
  )
  const isEarly = (extra: LiveExtra) =>
    wanted.has(extra.label) || (extra.stage === 'after' && !isRoutine(extra.label))
  const drop = (early: boolean) => gone.filter((extra) => isEarly(extra) === early).map(dropOf)
  const make = (isOn: boolean) =>
    made.filter(({ stage }) => isOn === (stage === 'after')).flatMap(({ sql }) => sql ?? [])
  return {
    first: drop(true).flatMap((sql) => sql ?? []),
    before: make(false),
    after: make(true),
    last: drop(false).flatMap((sql) => sql ?? []),
    left: [
      ...gone.filter((extra) => dropOf(extra) === null),
      ...to.filter((extra) => isLent(extra, there)),
      ...made.filter(hasNoStatement),
    ].map(({ label }) => label),
  }
}

/** A function that is changed is replaced: others lean on it. */
function isKept({ label, sql }: LiveExtra, wanted: LiveExtra | undefined): boolean {
  if (wanted === undefined) return false
  return wanted.sql === sql || (isReplaced(label) && headOf(wanted) === headOf({ sql }))
}

/** Arguments and what is returned, which PostgreSQL does not replace. */
const headOf = ({ sql }: Pick<LiveExtra, 'sql'>) => sql?.split('\n LANGUAGE ')[0]

/** A type that is there otherwise: columns hold it, so that it can neither be dropped nor made beside itself. */
function isLent({ label, sql }: LiveExtra, others: ReadonlyMap<string, LiveExtra>): boolean {
  const other = others.get(label)
  return other !== undefined && other.sql !== sql && /^(?:domain|type|extension) /.test(label)
}

const hasNoStatement = ({ sql }: LiveExtra) => sql === null

const isRoutine = (label: string) => /^(?:function|procedure|aggregate) /.test(label)

const isReplaced = (label: string) => /^(?:function|procedure) /.test(label)

function dropOf({ label }: LiveExtra): string | null {
  const [, kind = '', name = ''] =
    /^(extension|domain|type|function|procedure|aggregate|statistics|operator) (.*)$/s.exec(
      label,
    ) ?? []
  if (kind === 'statistics') return `DROP STATISTICS ${name.replace(/ on .*$/s, '')}`
  if (kind !== '') return `DROP ${kind.toUpperCase()} ${name}`
  const [, what = '', table = ''] = /^(.*) on (.*)$/s.exec(label) ?? []
  if (what === 'FORCE ROW LEVEL SECURITY') return `ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`
  const [, part = '', called = ''] = /^(exclusion constraint|rule|trigger) (.*)$/s.exec(what) ?? []
  if (part === 'exclusion constraint') return `ALTER TABLE ${table} DROP CONSTRAINT ${called}`
  return part === '' ? null : `DROP ${part.toUpperCase()} ${called} ON ${table}`
}
