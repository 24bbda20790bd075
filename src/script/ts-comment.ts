import type { Header, Located } from './header.ts'
import { invalidFile } from './invalid-file.ts'

type Keys = Partial<Omit<Header, 'message'>>

const key =
  /^(revision|revises|created|labels|depends-on|transaction|irreversible|compatible|fresh|models):(?:\s+(.*))?$/

/**
 * The header keys in the first comment of a `.ts` revision, as a `.sql` file has them. Where none of them is `revision:` the
 * comment is prose, of which only the keys that may be added to any revision are read. Throws LIMBECK_INVALID_FILE.
 */
export function commentHeader(file: string, lines: readonly Located<string>[]): Keys {
  const found = new Map<string, Located<string>>()
  for (const { value, line } of lines) {
    const [, name, text = ''] = key.exec(value) ?? []
    if (name !== undefined && !found.has(name)) found.set(name, { value: text.trim(), line })
  }
  const isHeader = found.has('revision')
  const get = (name: string) => (isHeader ? found.get(name) : undefined)
  const revises = get('revises')
  const transaction = get('transaction')
  return {
    revision: get('revision'),
    parents: revises && names(revises),
    labels: list(get('labels')),
    dependsOn: list(get('depends-on')),
    irreversible: get('irreversible'),
    transaction: transaction && chosen(file, 'transaction', transaction, { none: 'none' } as const),
    created: isDate(found.get('created')) ? found.get('created') : undefined,
    ...correctable(file, found),
  }
}

function correctable(file: string, found: ReadonlyMap<string, Located<string>>): Keys {
  const [compatible, fresh] = [found.get('compatible'), found.get('fresh')]
  const uses = { before: 'before', run: 'run', skip: 'skip' } as const
  return {
    compatible: compatible && chosen(file, 'compatible', compatible, { yes: true, no: false }),
    fresh: fresh && chosen(file, 'fresh', fresh, uses),
    models: found.get('models'),
  }
}

const isDate = (entry: Located<string> | undefined) => /^\d{4}-/.test(entry?.value ?? '')

const list = (entry: Located<string> | undefined) =>
  entry === undefined || entry.value === '' ? undefined : names(entry)

function names({ value, line }: Located<string>): Located<readonly string[]> {
  return { value: value === '' ? [] : value.split(',').map((name) => name.trim()), line }
}

function chosen<T>(
  file: string,
  name: string,
  { value, line }: Located<string>,
  choices: Readonly<Record<string, T>>,
): Located<T> {
  const found = Object.entries(choices).find(([word]) => word === value)
  if (found !== undefined) return { value: found[1], line }
  throw invalidFile(
    file,
    line,
    `"${value}" is not a value of "${name}:"`,
    `Write ${Object.keys(choices).join(' or ')}, or remove the line.`,
  )
}
