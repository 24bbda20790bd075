import { LimbeckError } from '../errors.ts'
import { formatLedgerEntry, type LedgerEntry } from './ledger-entry.ts'
import type { FreshUse } from './script.ts'

/** What a new revision file says. */
export interface RevisionText {
  readonly id: string
  readonly message: string
  readonly parents: readonly string[]
  readonly labels?: readonly string[]
  readonly dependsOn?: readonly string[]
  /** ISO 8601; left out when not given. */
  readonly created?: string
  readonly transactional?: boolean
  readonly irreversible?: string | null
  readonly compatible?: boolean | null
  readonly fresh?: FreshUse | null
  readonly models?: string | null
  /** How another tool's ledger names it. */
  readonly ledger?: LedgerEntry
  /** The bodies in the language of the file, without markers or function heads; empty unless given. */
  readonly upgrade?: string
  readonly downgrade?: string
}

/**
 * The text of a new `.sql` or `.ts` revision; reading it gives back what was put in, with the message on one
 * line. Throws LIMBECK_ILLEGAL_REVISION for an id or label that a header cannot hold.
 */
export function renderRevision(kind: 'sql' | 'ts', revision: RevisionText): string {
  const names = [revision.id, ...revision.parents]
  for (const name of [...names, ...(revision.labels ?? []), ...(revision.dependsOn ?? [])]) {
    checkName(name)
  }
  return kind === 'sql' ? renderSql(revision) : renderTs(revision)
}

/** The message of a merge revision that is made without one. */
export function mergeMessage(revisions: readonly string[]): string {
  return `merge ${revisions.join(' and ')}`
}

function renderSql(revision: RevisionText): string {
  const { labels = [], dependsOn = [] } = revision
  const irreversible = oneLine(revision.irreversible ?? '')
  const header = [
    messageOf(revision),
    '',
    `revision: ${revision.id}`,
    `revises: ${revision.parents.join(', ')}`,
    ...(revision.created ? [`created: ${oneLine(revision.created)}`] : []),
    ...(labels.length > 0 ? [`labels: ${labels.join(', ')}`] : []),
    ...(dependsOn.length > 0 ? [`depends-on: ${dependsOn.join(', ')}`] : []),
    ...(revision.transactional === false ? ['transaction: none'] : []),
    ...(irreversible === '' ? [] : [`irreversible: ${irreversible}`]),
    ...(revision.compatible == null ? [] : [`compatible: ${revision.compatible ? 'yes' : 'no'}`]),
    ...(revision.fresh ? [`fresh: ${revision.fresh}`] : []),
    ...(revision.models ? [`models: ${revision.models}`] : []),
    ...(revision.ledger ? [`ledger: ${formatLedgerEntry(revision.ledger)}`] : []),
  ]
  return `${commented('--', header)}
-- +upgrade
${body(revision.upgrade)}
-- +downgrade
${body(revision.downgrade)}`
}

function renderTs(revision: RevisionText): string {
  const { parents, labels = [], dependsOn = [] } = revision
  const [parent, ...others] = parents
  const irreversible = oneLine(revision.irreversible ?? '')
  const onlyParent = parent === undefined ? 'null' : quoted(parent)
  const down = others.length > 0 ? quotedList(parents) : onlyParent
  const created = revision.created ? ['', `created: ${oneLine(revision.created)}`] : []
  const constants = [
    `revision = ${quoted(revision.id)}`,
    `downRevision = ${down}`,
    ...(labels.length > 0 ? [`labels = ${quotedList(labels)}`] : []),
    ...(dependsOn.length > 0 ? [`dependsOn = ${quotedList(dependsOn)}`] : []),
    ...(revision.transactional === false ? ["transaction = 'none'"] : []),
    ...(irreversible === '' ? [] : [`irreversible = ${quoted(irreversible)}`]),
    ...(revision.compatible == null ? [] : [`compatible = ${revision.compatible}`]),
    ...(revision.fresh ? [`fresh = '${revision.fresh}'`] : []),
    ...(revision.models ? [`models = '${revision.models}'`] : []),
  ]
  return `${commented('//', [messageOf(revision), ...created])}
import type { RevisionContext } from 'limbeck'

${constants.map((constant) => `export const ${constant}\n`).join('')}
${tsFunction('upgrade', revision.upgrade)}
${tsFunction('downgrade', revision.downgrade)}`
}

function tsFunction(name: string, code = ''): string {
  if (code.trim() === '') {
    return `export async function ${name}(_ctx: RevisionContext): Promise<void> {}\n`
  }
  // Lines are not indented: they may lie inside a template string.
  return `export async function ${name}(ctx: RevisionContext): Promise<void> {\n${code.trimEnd()}\n}\n`
}

function commented(mark: string, lines: readonly string[]): string {
  return lines
    .map((line) => `${mark} ${line}`.trimEnd())
    .join('\n')
    .concat('\n')
}

function body(sql = ''): string {
  const text = sql.replace(/\r\n?/g, '\n').trim()
  return text === '' ? '' : `${text}\n`
}

function messageOf({ message }: RevisionText): string {
  return oneLine(message) || 'empty message'
}

/** Text that can stand on one line of a comment, whatever was typed. */
export function oneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}\ufeff]+/gu, ' ')
    .replace(/\p{Cs}/gu, '\ufffd')
    .trim()
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

function quotedList(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(', ')}]`
}

function checkName(name: string): void {
  if (/^[^\s,\p{Cc}\p{Cs}]+$/u.test(name)) return
  throw new LimbeckError(
    'LIMBECK_ILLEGAL_REVISION',
    `${JSON.stringify(name)} cannot be the name of a revision or label`,
    { hint: 'Use letters, digits, underscores and dots.' },
  )
}
