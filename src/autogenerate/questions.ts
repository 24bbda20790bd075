import type { Question } from '../errors.ts'
import { isSame, nameOf } from '../schema/names.ts'
import type { Rename } from '../schema/operation.ts'
import { renameCandidates } from '../schema/rename/candidates.ts'
import type { ObjectName } from '../schema/schema.ts'
import type { Snapshot } from '../schema/snapshot.ts'
import { ownerOf, renameLabels, renameText } from './labels.ts'

/** Something is gone, and something new may be it under another name. */
export interface OpenRename {
  readonly question: Question
  /** The ways to say yes, in the order of the question's answers; names are those before all renames. */
  readonly candidates: readonly Rename[]
}

/**
 * What is left to ask once `renames` are carried out in `before`. `settled` has the names of what is new, or gone, for
 * certain: as the models have them, and as `before` has them.
 */
export function openRenames(
  { before, after }: { readonly before: Snapshot; readonly after: Snapshot },
  renames: readonly Rename[],
  { settled, schema }: { readonly settled: ReadonlySet<string>; readonly schema: string },
): readonly OpenRename[] {
  return renameCandidates(before, after).flatMap(({ candidates }) => {
    const open = candidates.filter((rename) => {
      const { from, to } = renameLabels(rename)
      return !settled.has(from) && !settled.has(to)
    })
    const [first] = open
    if (first === undefined) return []
    const to = open.map((rename) => renameLabels(rename).to)
    const originals = open.map((rename) => beforeRenames(rename, renames))
    const yes = originals.map((rename) => `--rename ${typed(renameText(rename, schema))}`)
    const no = to.map((name) => `--new ${typed(name)}`).join(' ')
    const { from } = renameLabels(first)
    return [
      {
        question: { kind: 'rename', of: first.of, from, to, answers: [...yes, no] },
        candidates: originals,
      },
    ]
  })
}

/** The same rename in the names that the database has: what it is in may have been renamed itself. */
function beforeRenames(rename: Rename, renames: readonly Rename[]): Rename {
  const original = (name: ObjectName): ObjectName => {
    for (const known of renames) {
      const isOwner = known.of === 'table' || known.of === 'enum'
      if (isOwner && isSame(known.to, name)) return nameOf(known.from)
    }
    const moved = renames.find(({ of, to }) => of === 'schema' && to === name.schema)
    return moved?.of === 'schema' ? { ...nameOf(name), schema: moved.from } : name
  }
  if (rename.of === 'column') return { ...rename, table: original(ownerOf(rename)) }
  if (rename.of === 'enum value') return { ...rename, enum: original(ownerOf(rename)) }
  return rename
}

/** As a shell takes it. */
function typed(text: string): string {
  return /^[\p{L}\p{N}_.=-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
