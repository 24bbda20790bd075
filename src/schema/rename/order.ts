import { keyOf, nameOf } from '../names.ts'
import type { Operation, Rename } from '../operation.ts'
import type { ObjectName } from '../schema.ts'

type Renaming = Extract<Operation, { kind: 'rename constraint' | 'rename index' }>
type ObjectRename = Extract<Rename, { readonly from: ObjectName }>

/** Each rename when its new name is free; a circle is opened by a name that is free. */
export function renamesInOrder<T extends Renaming>(renamings: readonly T[]): readonly T[] {
  // Keys share their names with the indexes of the schema: the wider of the two is the safe one.
  const keyWithin = ({ table }: T, name: string) => keyOf({ ...table, name })
  return whenFree(renamings, {
    from: (renaming) => keyWithin(renaming, renaming.from),
    to: (renaming) => keyWithin(renaming, renaming.to),
    through: (renaming, name) => [
      { ...renaming, to: name },
      { ...renaming, from: name },
    ],
  })
}

/**
 * The renames in an order in which each finds its names, all of which are those before the first one: what is inside
 * first, then the objects, then the schemas around them. Together they are one permutation: chains and swaps included.
 */
export function orderedRenames(given: readonly Rename[]): readonly Rename[] {
  const renames = given.map((rename) => beforeSchemas(rename, given))
  const ordered = whenFree(
    renames.toSorted((a, b) => levelOf(a) - levelOf(b)),
    {
      from: (rename) => uniqueKey(rename, 'from'),
      to: (rename) => uniqueKey(rename, 'to'),
      through,
    },
  )
  const taken = new Set(renames.flatMap((one) => [uniqueKey(one, 'from'), uniqueKey(one, 'to')]))
  return ordered
    .toSorted((a, b) => levelOf(a) - levelOf(b))
    .flatMap((rename, at) => movedFreely(rename, taken, at))
}

/** What goes into a schema that gets its name here goes there while it has the old one. */
function beforeSchemas(rename: Rename, all: readonly Rename[]): Rename {
  if (!isOfObject(rename)) return rename
  const schema = all.find(({ of, to }) => of === 'schema' && to === rename.to.schema)
  return schema?.of === 'schema' ? { ...rename, to: { ...rename.to, schema: schema.from } } : rename
}

interface Ends<T> {
  readonly from: (item: T) => string
  readonly to: (item: T) => string
  /** The same in two steps, by way of a name. */
  readonly through: (item: T, name: string) => readonly [T, T]
}

function whenFree<T>(items: readonly T[], { from, to, through }: Ends<T>): readonly T[] {
  let waiting = items
  const ordered: T[] = []
  while (waiting.length > 0) {
    const taken = new Set(waiting.map(from))
    const free = waiting.find((item) => !taken.has(to(item)))
    if (free === undefined) {
      const [first, ...others] = waiting as readonly [T, ...T[]]
      const [away, back] = through(first, `limbeck_swap_${ordered.length + 1}`)
      ordered.push(away)
      waiting = [back, ...others]
    } else {
      ordered.push(free)
      waiting = waiting.filter((item) => item !== free)
    }
  }
  return ordered
}

/** What is moved into another schema keeps its name on the way: where that is taken, it goes by one that is not. */
function movedFreely(
  rename: Rename,
  taken: ReadonlySet<string>,
  number: number,
): readonly Rename[] {
  if (!isOfObject(rename)) return [rename]
  const { from, to } = rename
  const onTheWay = `object ${keyOf({ ...nameOf(to), name: from.name })}`
  if (from.schema === to.schema || from.name === to.name || !taken.has(onTheWay)) return [rename]
  const name = `limbeck_move_${number + 1}`
  const [outside, inside] = [
    { ...nameOf(from), name },
    { ...nameOf(to), name },
  ]
  return [
    { ...rename, to: outside },
    { ...rename, from: outside, to: inside },
    { ...rename, from: inside },
  ]
}

function through(rename: Rename, name: string): readonly [Rename, Rename] {
  if (isOfObject(rename)) {
    const between = { ...nameOf(rename.from), name }
    return [
      { ...rename, to: between },
      { ...rename, from: between },
    ]
  }
  return [
    { ...rename, to: name },
    { ...rename, from: name },
  ]
}

/** A name and where it has to be unique: tables, views, sequences and types share their names. */
function uniqueKey(rename: Rename, end: 'from' | 'to'): string {
  switch (rename.of) {
    case 'schema':
      return `schema ${rename[end]}`
    case 'column':
      return `column ${keyOf(rename.table)} ${rename[end]}`
    case 'enum value':
      return `value ${keyOf(rename.enum)} ${rename[end]}`
    default:
      return `object ${keyOf(rename[end])}`
  }
}

function levelOf(rename: Rename): number {
  if (rename.of === 'schema') return 2
  return isOfObject(rename) ? 1 : 0
}

/** Whether it is about an object, and neither about a schema nor about what is in an object. */
export function isOfObject(rename: Rename): rename is ObjectRename {
  return !['schema', 'column', 'enum value'].includes(rename.of)
}
