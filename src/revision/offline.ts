import { LimbeckError } from '../errors.ts'
import { type IdentifierRange, parseRange } from './identifier.ts'
import { resolveOne } from './resolve.ts'
import type { Direction } from './revision.ts'
import type { RevisionMap } from './revision-map.ts'

/** What `--sql` plans from, as no database is asked: the rows it takes for granted, and the target. */
export interface OfflinePlan<Target> {
  readonly rows: readonly string[]
  readonly target: Target
}

/**
 * Reads `start:end` of `upgrade --sql` and `downgrade --sql`; an upgrade may leave out `start:` and begins at base.
 * Throws LIMBECK_OFFLINE for a downgrade without a start, LIMBECK_INVALID_IDENTIFIER for a side that is empty, and as
 * `resolveOne` does for the start.
 */
export function offlineRange(
  map: RevisionMap,
  direction: Direction,
  text: string,
): OfflinePlan<string> {
  const range = parseRange(text)
  if (range !== null) return { rows: startRows(map, text, range), target: endOf(text, range) }
  if (direction === 'upgrade') return { rows: [], target: text }
  throw new LimbeckError('LIMBECK_OFFLINE', `'${text}' does not say where to downgrade from`, {
    hint: `Type 'start:${text}': with --sql no database is asked.`,
  })
}

/**
 * Reads the targets of `stamp --sql`, each `end` or `start:end` with one and the same start. Throws LIMBECK_OFFLINE for
 * several starts and for purge, else as `offlineRange` does.
 */
export function offlineStamp(
  map: RevisionMap,
  texts: readonly string[],
  { purge = false }: { readonly purge?: boolean } = {},
): OfflinePlan<readonly string[]> {
  if (purge) {
    throw new LimbeckError('LIMBECK_OFFLINE', 'A purge needs the database', {
      hint: 'Leave out --purge or --sql.',
    })
  }
  const ranges = texts.map((text) => ({ text, range: parseRange(text) }))
  const starts = ranges.flatMap(({ text, range }) =>
    range === null ? [] : [startRows(map, text, range)],
  )
  const [first = [], ...others] = starts
  if (others.some((other) => other[0] !== first[0])) {
    throw new LimbeckError('LIMBECK_OFFLINE', 'with --sql all targets are stamped from one start', {
      revisions: starts.flat(),
      hint: `Write a script for each start: ${texts.map((text) => `\`npx limbeck stamp --sql ${text}\``).join(', then ')}.`,
    })
  }
  const target = ranges.map(({ text, range }) => (range === null ? text : endOf(text, range)))
  return { rows: first, target }
}

function startRows(map: RevisionMap, text: string, { start }: IdentifierRange): readonly string[] {
  const id = resolveOne(map, start ?? emptySide(text))
  return id === null ? [] : [id]
}

const endOf = (text: string, { end }: IdentifierRange): string => end ?? emptySide(text)

function emptySide(text: string): never {
  throw new LimbeckError('LIMBECK_INVALID_IDENTIFIER', `one side of '${text}' is empty`, {
    hint: "Type 'base' or 'heads' for it.",
  })
}
