import { basename, extname } from 'node:path'
import { invalidFile } from './invalid-file.ts'
import { parseLedgerEntry } from './ledger-entry.ts'
import type { FreshUse, Script } from './script.ts'

/** A value of a header and the line that gives it. */
export interface Located<T> {
  readonly value: T
  readonly line: number
}

/** What a header says, in either kind of file; a key that is not there is undefined. */
export interface Header {
  readonly message: string
  readonly revision: Located<string>
  readonly parents: Located<readonly string[]>
  readonly created?: Located<string> | undefined
  readonly labels?: Located<readonly string[]> | undefined
  readonly dependsOn?: Located<readonly string[]> | undefined
  readonly transaction?: Located<'none'> | undefined
  readonly irreversible?: Located<string> | undefined
  readonly compatible?: Located<boolean> | undefined
  readonly fresh?: Located<FreshUse> | undefined
  readonly models?: Located<string> | undefined
  readonly ledger?: Located<string> | undefined
}

/** The script a header describes, after the rules both kinds of file share. Throws LIMBECK_INVALID_FILE. */
export function buildScript(file: string, kind: Script['kind'], header: Header): Script {
  checkNames(file, header)
  checkFileName(file, header.revision)
  checkCreated(file, header.created)
  if (header.fresh && header.fresh.value !== 'skip' && header.transaction) {
    throw invalidFile(
      file,
      Math.max(header.fresh.line, header.transaction.line),
      `"fresh: ${header.fresh.value}" and "transaction: none" exclude each other`,
      'A fresh database is made in one transaction: put the two parts into two revisions.',
    )
  }
  return {
    id: header.revision.value,
    parents: header.parents.value,
    dependsOn: header.dependsOn?.value ?? [],
    labels: header.labels?.value ?? [],
    file,
    kind,
    message: header.message,
    created: header.created?.value ?? null,
    transactional: header.transaction === undefined,
    irreversible: header.irreversible?.value ?? null,
    compatible: header.compatible?.value ?? null,
    fresh: header.fresh?.value ?? null,
    models: header.models?.value ?? null,
    ...ledgerOf(file, header.ledger),
  }
}

function ledgerOf(file: string, given: Located<string> | undefined): Pick<Script, 'ledger'> {
  if (given === undefined) return {}
  const ledger = parseLedgerEntry(given.value)
  if (ledger !== null) return { ledger }
  throw invalidFile(
    file,
    given.line,
    `"${given.value}" is not an entry of a ledger`,
    'Write the tool, the name, the time in ms and the hashes, as `npx limbeck import <tool>` does.',
  )
}

function checkNames(file: string, header: Header): void {
  const lists = [
    { ...header.revision, value: [header.revision.value] },
    header.parents,
    header.labels,
    header.dependsOn,
  ]
  for (const list of lists) {
    for (const [index, name] of (list?.value ?? []).entries()) {
      if (!/^[^\s,]+$/.test(name)) {
        throw invalidFile(
          file,
          list?.line,
          `"${name}" is not a single name`,
          'Write names without spaces, several of them separated by commas, and no comment behind.',
        )
      }
      if (list?.value.indexOf(name) !== index) {
        throw invalidFile(file, list?.line, `"${name}" is given twice`, `Write "${name}" once.`)
      }
    }
  }
}

function checkFileName(file: string, { value, line }: Located<string>): void {
  if (namesRevision(basename(file, extname(file)), value)) return
  throw invalidFile(
    file,
    line,
    `the file name does not hold the revision "${value}"`,
    `Name the file ${value}_<words>${extname(file)}, or correct the revision in its header.`,
  )
}

/**
 * Whether a file name (without extension) holds the id as a word of its own: anywhere, since a file name
 * template may put a date before it.
 */
export function namesRevision(stem: string, id: string): boolean {
  const [name, word] = [stem.normalize('NFC'), id.normalize('NFC')]
  const isEdge = (character = '_') => /[^\p{L}\p{N}]/u.test(character)
  for (let at = name.indexOf(word); at !== -1; at = name.indexOf(word, at + 1)) {
    if (isEdge(name[at - 1]) && isEdge(name[at + word.length])) return true
  }
  return false
}

const ISO_DATE = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?( ?(Z|[+-]\d\d(:?\d\d)?))?)?$/

function checkCreated(file: string, created: Located<string> | undefined): void {
  if (created === undefined) return
  const day = created.value.slice(0, 10)
  if (ISO_DATE.test(created.value) && !Number.isNaN(Date.parse(day))) return
  throw invalidFile(
    file,
    created.line,
    `"${created.value}" is not a date`,
    'Write it as 2026-11-21T02:03:04Z.',
  )
}
