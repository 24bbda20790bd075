import { keyOf } from '../names.ts'
import type { Operation } from '../operation.ts'

type Renaming = Extract<Operation, { kind: 'rename constraint' | 'rename index' }>

/** Each rename when its new name is free; a circle is opened by a name that nobody has. */
export function renamesInOrder(operations: readonly Operation[]): readonly Renaming[] {
  let waiting = operations.filter(
    (operation): operation is Renaming =>
      operation.kind === 'rename constraint' || operation.kind === 'rename index',
  )
  const ordered: Renaming[] = []
  while (waiting.length > 0) {
    const taken = new Set(waiting.map((renaming) => place(renaming, renaming.from)))
    const free = waiting.find((renaming) => !taken.has(place(renaming, renaming.to)))
    if (free === undefined) {
      const [first, ...others] = waiting as [Renaming, ...Renaming[]]
      const between = `limbeck_swap_${ordered.length + 1}`
      ordered.push({ ...first, to: between })
      waiting = [{ ...first, from: between }, ...others]
    } else {
      ordered.push(free)
      waiting = waiting.filter((renaming) => renaming !== free)
    }
  }
  return ordered
}

/** Where a name has to be unique. Keys share theirs with the indexes of the schema: the wider place is the safe one. */
function place({ table }: Renaming, name: string): string {
  return keyOf({ ...table, name })
}
