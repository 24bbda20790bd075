/** What a test's `.sql` revision says. */
export interface SqlRevision {
  readonly revises?: string
  readonly up?: string
  readonly down?: string
  /** Further head lines, without `-- `. */
  readonly head?: readonly string[]
}

/** The text of a `.sql` revision file. */
export function revisionText(id: string, revision: SqlRevision): string {
  const { revises = '', up = '', down, head = [] } = revision
  const lines = [
    `-- revision ${id}`,
    '--',
    `-- revision: ${id}`,
    `-- revises: ${revises}`,
    ...head.map((line) => `-- ${line}`),
    '',
    '-- +upgrade',
    up,
    '',
    '-- +downgrade',
    down ?? (up === '' ? '' : 'SELECT 1;'),
  ]
  return `${lines.join('\n')}\n`
}
