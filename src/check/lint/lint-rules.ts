import type { Finding } from '../finding.ts'

/** What Limbeck says of one of squawk's rules. */
interface Rule {
  readonly severity: Exclude<Finding['severity'], 'skipped'>
  /** The safe way to write it with Limbeck. */
  readonly rewrite: string
}

/**
 * Rules with nothing to say about a revision: the runner sees to it (a lock_timeout with retries, a transaction or a
 * record of every finished statement, refused transaction control), or the models decide (types, order of enum values).
 */
const silent: ReadonlySet<string> = new Set([
  'require-lock-timeout',
  'require-statement-timeout',
  'require-timeout-settings',
  'prefer-robust-stmts',
  'transaction-nesting',
  'ban-uncommitted-transaction',
  'ban-concurrent-index-creation-in-transaction',
  // Dropping an index takes an instant; the wait for its lock is what lock_timeout bounds.
  'require-concurrent-index-deletion',
  'require-enum-value-ordering',
  'require-table-schema',
  'prefer-bigint-over-int',
  'prefer-bigint-over-smallint',
  'prefer-identity',
  'prefer-text-field',
  'prefer-timestamp-tz',
  'prefer-timestamptz',
  'ban-char-field',
  // PostgreSQL's own parser has read the file.
  'syntax-error',
])

/** Rules about clients of the release before: `compatible: no` in the header says that they were thought of. */
const aboutClients: ReadonlySet<string> = new Set([
  'ban-drop-column',
  'ban-drop-table',
  'ban-drop-not-null',
  'renaming-column',
  'renaming-table',
])

const ownRevision = 'into a revision of its own with "-- transaction: none" in the header'
const notValid = `Add the constraint NOT VALID, and VALIDATE CONSTRAINT it ${ownRevision}.`
const forClients =
  'Stop using it in one release and change it in the next; or say "-- compatible: no" in the header, so that the release before refuses this schema.'

const rules: Readonly<Record<string, Rule>> = {
  'require-concurrent-index-creation': error(`Write CREATE INDEX CONCURRENTLY, ${ownRevision}.`),
  'require-concurrent-reindex': error(`Write REINDEX … CONCURRENTLY, ${ownRevision}.`),
  'constraint-missing-not-valid': error(notValid),
  'adding-foreign-key-constraint': error(notValid),
  'adding-not-nullable-field': error(
    `Add CHECK (… IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT, SET NOT NULL and drop the check, ${ownRevision}.`,
  ),
  'disallowed-unique-constraint': error(
    `Write CREATE UNIQUE INDEX CONCURRENTLY and ADD CONSTRAINT … UNIQUE USING INDEX, ${ownRevision}.`,
  ),
  'adding-serial-primary-key-field': warning(
    `Write CREATE UNIQUE INDEX CONCURRENTLY and ADD CONSTRAINT … PRIMARY KEY USING INDEX, ${ownRevision}.`,
  ),
  // What follows is what the models ask for: there is another way only over several releases.
  'adding-field-with-default': warning(
    'Add the column nullable, fill it by ctx.backfill() in a .ts revision, then set the default.',
  ),
  'adding-required-field': warning(
    'Add the column nullable, fill it by ctx.backfill() in a .ts revision, then SET NOT NULL.',
  ),
  'changing-column-type': warning(
    'Where the table is large: add a column of the new type, fill it by ctx.backfill(), and switch over in a later release. Nothing is rewritten where the type only grows (varchar(10) to varchar(20) or text).',
  ),
  ...Object.fromEntries([...aboutClients].map((rule) => [rule, error(forClients)])),
}

/** The rules of which Limbeck has a way of its own to say how it is done well. */
export const explained: readonly string[] = Object.keys(rules)

/** What to say of a finding of squawk's, or null when there is nothing to say. */
export function ruleFor(
  name: string,
  { compatible }: { readonly compatible: boolean | null },
): Rule | null {
  if (silent.has(name) || (compatible === false && aboutClients.has(name))) return null
  return rules[name] ?? error('')
}

function error(rewrite: string): Rule {
  return { severity: 'error', rewrite }
}

function warning(rewrite: string): Rule {
  return { severity: 'warning', rewrite }
}
