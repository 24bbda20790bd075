import { labelOf, renameLabels } from '../autogenerate/labels.ts'
import type { Operation } from '../schema/operation.ts'

/**
 * What an operation's existence says of database and models, in words, a line for each object. What is dropped only to
 * be created again around another change is no difference.
 */
export function describeOperations(operations: readonly Operation[]): readonly string[] {
  const byObject = new Map<string, Operation[]>()
  for (const operation of operations) {
    const object = objectOf(operation)
    byObject.set(object, [...(byObject.get(object) ?? []), operation])
  }
  return [...byObject].flatMap(([object, about]) => {
    const dropped = about.find((operation) => verbOf(operation) === 'drop')
    const created = about.find((operation) => /create|add/.test(verbOf(operation)))
    if (dropped && created) {
      const isSame = JSON.stringify(thingOf(dropped)) === JSON.stringify(thingOf(created))
      return isSame ? [] : [`${object} differs${factsOf(thingOf(dropped), thingOf(created))}`]
    }
    if (created) return [`the models have ${object}, the database has not`]
    if (dropped) return [`the database has ${object}, the models have not`]
    return about.map((operation) => `${object} ${changeOf(operation)}`)
  })
}

const verbOf = ({ kind }: Operation): string => kind.split(' ', 1)[0] ?? ''

function objectOf(operation: Operation): string {
  if ('enum' in operation) {
    const value = 'value' in operation ? `value '${operation.value}' of ` : ''
    return `${value}enum ${labelOf(operation.enum)}`
  }
  if ('sequence' in operation) return `sequence ${labelOf(operation.sequence)}`
  if ('view' in operation) return `view ${labelOf(operation.view)}`
  if ('rename' in operation) return `${operation.rename.of} ${renameLabels(operation.rename).from}`
  if (operation.kind === 'replace enum') return `enum ${labelOf(operation.before)}`
  if (operation.kind === 'alter sequence') return `sequence ${labelOf(operation.before)}`
  if (operation.kind === 'alter column')
    return `column ${labelOf(operation.table, operation.before.name)}`
  if (!('table' in operation)) return `schema ${'name' in operation ? operation.name : ''}`
  const table = labelOf(operation.table)
  if ('column' in operation) return `column ${labelOf(operation.table, operation.column.name)}`
  if ('constraint' in operation) return `constraint ${operation.constraint.name} on ${table}`
  if ('index' in operation) return `index ${operation.index.name} on ${table}`
  if ('policy' in operation) return `policy ${operation.policy.name} on ${table}`
  if ('from' in operation) return `${operation.kind.split(' ')[1]} ${operation.from} on ${table}`
  return `table ${table}`
}

/** What an operation drops or creates. */
function thingOf(operation: Operation): object {
  if ('constraint' in operation) return operation.constraint
  if ('index' in operation) return operation.index
  if ('policy' in operation) return operation.policy
  if ('view' in operation) return operation.view
  if ('column' in operation) return operation.column
  if ('enum' in operation) return operation.enum
  return 'sequence' in operation ? operation.sequence : operation
}

function changeOf(operation: Operation): string {
  switch (operation.kind) {
    case 'alter column':
    case 'alter sequence':
    case 'replace enum':
      return `differs${factsOf(operation.before, operation.after)}`
    case 'rename constraint':
    case 'rename index':
      return `is called ${operation.to} in the models`
    case 'enable row security':
      return 'has row security in the models'
    case 'disable row security':
      return 'has row security in the database only'
    default:
      return `needs "${operation.kind}"`
  }
}

/** Kept for making a thing again: where they differ, what is compared says it. */
const behind = new Set(
  'full modelled reads enums loses carries columns references populated indexes sequence enum'.split(
    ' ',
  ),
)

const words: Readonly<Record<string, string>> = {
  notNull: 'NOT NULL',
  generated: 'generated value',
  serialOptions: 'sequence options',
  withCheck: 'WITH CHECK',
  using: 'USING',
}

/** `: type is integer in the database, bigint in the models`. */
function factsOf(before: object, after: object): string {
  const values = (side: object) => side as Readonly<Record<string, unknown>>
  const all = new Set([...Object.keys(before), ...Object.keys(after)])
  const keys = [...all].filter((key) => !behind.has(key))
  const facts = keys
    .map((key) => [key, show(values(before)[key]), show(values(after)[key])] as const)
    .filter(([, left, right]) => left !== right)
    .map(
      ([key, left, right]) =>
        `${words[key] ?? key} is ${left} in the database, ${right} in the models`,
    )
  return facts.length === 0 ? '' : `: ${facts.join('; ')}`
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not set')
  return text.length > 200 ? `${text.slice(0, 200)} …` : text
}
