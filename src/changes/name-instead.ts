import type { DetourStatement, Hindrance, RevisionDraft } from '../autogenerate/produce.ts'
import { withoutSecrets } from '../sql/without-secrets.ts'

/** The line above an operation that PostgreSQL refuses while that is there. */
export const inTheWay = (label: string) => `fails while ${label} is there`

/**
 * The drafts with that named which the statement puts back: made again it does not fit what the operations have made of what
 * it leans on. Undefined where the statement puts nothing back.
 */
export function nameInstead(
  drafts: readonly RevisionDraft[],
  statement: string,
): readonly RevisionDraft[] | undefined {
  const named = nameAll(drafts, ({ sql }) => withoutSecrets(sql.trim()) === statement)
  return named === drafts ? undefined : named
}

/** What is in the way of one body makes way in no other: the person who runs that takes it away. */
export function nameEverywhere(drafts: readonly RevisionDraft[]): readonly RevisionDraft[] {
  const notes = new Set(hindrancesOf(drafts).flatMap((hindrance) => hindrance.notes))
  return nameAll(drafts, ({ of }) => of.some((label) => notes.has(inTheWay(label))))
}

function hindrancesOf(drafts: readonly RevisionDraft[]): readonly Hindrance[] {
  return drafts.flatMap(({ hindrances = new Map() }) => [...hindrances.values()])
}

/** The same drafts where none of their statements is meant. */
function nameAll(
  drafts: readonly RevisionDraft[],
  isMeant: (statement: DetourStatement) => boolean,
): readonly RevisionDraft[] {
  const all = hindrancesOf(drafts).flatMap(({ before, after }) => [...before, ...after])
  const labels = new Set(all.filter(isMeant).flatMap(({ of }) => of))
  // What makes way for several things is in the way of each.
  for (let size = -1; size !== labels.size; ) {
    size = labels.size
    for (const { of } of all)
      if (of.some((label) => labels.has(label))) for (const label of of) labels.add(label)
  }
  if (labels.size === 0) return drafts
  return drafts.map(({ hindrances = new Map(), ...draft }) => ({
    ...draft,
    hindrances: new Map(
      [...hindrances].map(([operation, hindrance]) => [operation, named(hindrance, labels)]),
    ),
  }))
}

function named(hindrance: Hindrance, labels: ReadonlySet<string>): Hindrance {
  const isNamed = ({ of }: DetourStatement) => of.some((label) => labels.has(label))
  const going = hindrance.before.filter(isNamed).flatMap(({ of }) => of)
  return {
    ...hindrance,
    notes: [...new Set([...hindrance.notes, ...going.map(inTheWay)])],
    before: hindrance.before.filter((one) => !isNamed(one)),
    after: hindrance.after.filter((one) => !isNamed(one)),
  }
}
