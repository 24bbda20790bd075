import { didYouMean } from '../did-you-mean.ts'
import { LimbeckError } from '../errors.ts'
import { type Identifier, parseIdentifier } from './identifier.ts'
import type { RevisionMap } from './revision-map.ts'
import { lineage, type Through } from './traverse.ts'
import { walkDown } from './walk.ts'

/** Ids and labels of fewer characters are matched whole only. */
const shortestForPrefix = 4

/**
 * The ids that one or several identifiers name; empty for `base`, and for `head` and `heads` of an empty graph.
 * `-N` means N below each head; `current` is known only where the rows are given. Throws
 * LIMBECK_NO_SUCH_REVISION, LIMBECK_AMBIGUOUS_REVISION, LIMBECK_NO_SUCH_BRANCH, LIMBECK_NOT_IN_BRANCH,
 * LIMBECK_MULTIPLE_HEADS or LIMBECK_INVALID_IDENTIFIER.
 */
export function resolve(
  map: RevisionMap,
  text: string | readonly string[],
  current?: readonly string[],
): readonly string[] {
  if (typeof text !== 'string') return text.flatMap((one) => resolve(map, one, current))
  if (text === 'current' && current !== undefined) return resolve(map, current)
  const identifier = parseIdentifier(text)
  const down = /^-(\d+)$/u.exec(identifier.symbol)
  const steps = Number(down?.[1] ?? 0)
  return steps > 0 ? belowHeads(map, identifier, steps) : resolveSymbol(map, identifier)
}

/**
 * The one id an identifier names, or null for `base` (and for the head of an empty graph). Throws as `resolve`
 * does, and LIMBECK_MULTIPLE_HEADS where several would be named.
 */
export function resolveOne(map: RevisionMap, text: string): string | null {
  const identifier = parseIdentifier(text)
  const ids = resolveSymbol(map, identifier)
  if (ids.length > 1) throw multipleHeads(identifier.text, ids)
  return ids[0] ?? null
}

/** As `resolve`, for what cannot be done to nothing: throws LIMBECK_NO_SUCH_REVISION where no revision is named. */
export function resolveSome(
  map: RevisionMap,
  text: string | readonly string[],
  current?: readonly string[],
): readonly string[] {
  const ids = resolve(map, text, current)
  if (ids.length > 0) return ids
  throw new LimbeckError(
    'LIMBECK_NO_SUCH_REVISION',
    `no revision matches '${[text].flat().join(' ')}'`,
    {
      revisions: map.effectiveHeads,
      hint: 'Type an id, a label or the beginning of one; `npx limbeck history` lists them.',
    },
  )
}

/**
 * The revision that stands for a branch: the one that carries the label, or that has the id. Throws
 * LIMBECK_NO_SUCH_BRANCH or LIMBECK_AMBIGUOUS_REVISION.
 */
export function resolveBranch(map: RevisionMap, branch: string): string {
  const [id, ...others] = namesStartingWith(map, branch)
  if (id === undefined) {
    throw new LimbeckError('LIMBECK_NO_SUCH_BRANCH', `there is no branch '${branch}'`, {
      revisions: [...map.labels.keys()],
      hint: 'Type a branch label or a revision of the branch; `npx limbeck branches` and `npx limbeck heads` list them.',
    })
  }
  if (others.length > 0) throw ambiguous(branch, [id, ...others])
  return idOf(map, id)
}

/** The lineage of a branch. Throws as `resolveBranch` does. */
export function branchMembers(map: RevisionMap, branch: string): ReadonlySet<string> {
  return lineage(map, [resolveBranch(map, branch)])
}

/**
 * The revisions related to what an identifier names, and to its branch, whether or not the two belong together;
 * null for `base`, which sets no bound.
 */
export function lineageOf(
  map: RevisionMap,
  text: string,
  through: Through = 'parents',
): ReadonlySet<string> | null {
  const identifier = parseIdentifier(text)
  const { branch, symbol } = identifier
  const named = isHeadSymbol(symbol)
    ? resolveSymbol(map, identifier)
    : resolveSymbol(map, { ...identifier, branch: null })
  const ids = branch === null ? named : [resolveBranch(map, branch), ...named]
  return ids.length === 0 ? null : lineage(map, ids, through)
}

/**
 * Those of `ids` that are in the lineage of what an identifier names; all of them for `base`.
 * Throws as `resolve` does.
 */
export function filterLineage(
  map: RevisionMap,
  ids: readonly string[],
  text: string,
  through: Through = 'parents',
): readonly string[] {
  const related = lineageOf(map, text, through)
  return related === null ? ids : ids.filter((id) => related.has(id))
}

function resolveSymbol(map: RevisionMap, identifier: Identifier): readonly string[] {
  const { branch, symbol, text } = identifier
  const members = branch === null ? null : branchMembers(map, branch)
  if (symbol === 'base') return []
  if (!isHeadSymbol(symbol)) return [resolveName(map, identifier, members)]
  if (symbol === 'heads' && members === null) return map.effectiveHeads
  const heads = members === null ? map.heads : map.heads.filter((id) => members.has(id))
  if (symbol === 'head' && heads.length > 1) throw multipleHeads(text, heads)
  return heads
}

function resolveName(
  map: RevisionMap,
  { branch, symbol }: Identifier,
  members: ReadonlySet<string> | null,
): string {
  const isMember = (name: string) => members === null || members.has(idOf(map, name))
  const found = namesStartingWith(map, symbol)
  const [name, ...others] = found.includes(symbol) ? found : found.filter(isMember)
  if (name === undefined) throw notFound(map, symbol)
  if (others.length > 0) throw ambiguous(symbol, [name, ...others])
  const id = idOf(map, name)
  if (isMember(id)) return id
  throw new LimbeckError(
    'LIMBECK_NOT_IN_BRANCH',
    `revision ${id} is not a member of branch '${branch}'`,
    { revision: id, hint: `Type '${id}' alone, or a revision of the branch.` },
  )
}

/** Heads that carry the label, N down. What is further down than the first revision names nothing. */
function belowHeads(map: RevisionMap, { branch }: Identifier, steps: number): readonly string[] {
  if (branch !== null) resolveBranch(map, branch)
  const heads = map.effectiveHeads.filter(
    (id) => branch === null || map.nodes.get(id)?.labels.includes(branch),
  )
  return heads.flatMap((head) => walkDown(map, head, steps).position ?? [])
}

const isHeadSymbol = (symbol: string): boolean => symbol === 'head' || symbol === 'heads'

const idOf = (map: RevisionMap, name: string): string => map.labels.get(name) ?? name

/** Ids and labels that a text names: the exact one alone, else all that begin with it. */
function namesStartingWith(map: RevisionMap, text: string): readonly string[] {
  if (map.nodes.has(text) || map.labels.has(text)) return [text]
  return [...map.nodes.keys(), ...map.labels.keys()].filter(
    (name) => name.length >= shortestForPrefix && name.startsWith(text),
  )
}

function notFound(map: RevisionMap, symbol: string): LimbeckError {
  const meant = didYouMean(symbol, ['head', 'heads', 'base', 'current', ...map.labels.keys()])
  const what = 'Type an id, a label or the beginning of one; `npx limbeck history` lists them.'
  return new LimbeckError('LIMBECK_NO_SUCH_REVISION', `no revision or label matches '${symbol}'`, {
    revisions: map.effectiveHeads,
    hint: meant === null || meant === symbol ? what : `Did you mean '${meant}'? ${what}`,
  })
}

function ambiguous(text: string, names: readonly string[]): LimbeckError {
  return new LimbeckError(
    'LIMBECK_AMBIGUOUS_REVISION',
    `'${text}' is the beginning of ${names.length} names: ${listed(names)}`,
    { revisions: names, hint: 'Type more characters of it.' },
  )
}

function multipleHeads(text: string, heads: readonly string[]): LimbeckError {
  return new LimbeckError(
    'LIMBECK_MULTIPLE_HEADS',
    `'${text}' names ${heads.length} heads: ${listed(heads)}`,
    {
      revisions: heads,
      hint: "Type 'heads' for all of them, 'branch@head' for one, or join them with `npx limbeck merge heads`.",
    },
  )
}

const listed = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')}, …` : names.join(', ')
