import type { Change } from '../change.ts'
import { keyedDiff } from '../keyed-diff.ts'
import type { Operation } from '../operation.ts'

/** PostgreSQL schemas that come and go. */
export function compareSchemas({ from, to }: Change): readonly Operation[] {
  const { added, removed } = keyedDiff(from.schemas, to.schemas, (name) => name)
  return [
    ...added.map((name): Operation => ({ kind: 'create schema', name })),
    ...removed.map((name): Operation => ({ kind: 'drop schema', name })),
  ]
}
