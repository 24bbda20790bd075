import { identifierOf, type SqlToken, sqlTokens } from '../sql/tokens.ts'
import { dependenciesFirst } from './dependencies-first.ts'
import { keyOf } from './names.ts'
import type { View } from './schema.ts'

/** What a relation's name follows in SQL. A comma or bracket may also precede a column: see `viewsInOrder`. */
const BEFORE_RELATION = new Set(['from', 'join', 'only', 'lateral', 'table', ',', '('])

/**
 * The views, each after those it reads; otherwise in the given order. Read off their SQL, where a column may
 * look like a view: an edge that would close a cycle is no real one, since PostgreSQL has no such views.
 */
export function viewsInOrder(views: readonly View[]): readonly View[] {
  const byName = new Map<string, View[]>()
  for (const view of views) byName.set(view.name, [...(byName.get(view.name) ?? []), view])
  return dependenciesFirst(views, (view) => viewsRead(view, byName).map(keyOf))
}

function viewsRead(view: View, byName: ReadonlyMap<string, readonly View[]>): readonly View[] {
  const tokens = sqlTokens(view.query).filter((token) => token.kind !== 'comment')
  return tokens.flatMap((token, at) => {
    const candidates = byName.get(identifierOf(token) ?? '') ?? []
    return candidates.filter((other) => isReadAt(tokens, at, other))
  })
}

function isReadAt(tokens: readonly SqlToken[], at: number, { schema }: View): boolean {
  const before = tokens[at - 1]?.text.toLowerCase() ?? ''
  if (before === '.') return identifierOf(tokens[at - 2]) === (schema ?? 'public')
  return schema === undefined && BEFORE_RELATION.has(before) && tokens[at + 1]?.text !== '.'
}
