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

/** The text of a `.ts` revision file upon `aaa1`: the bodies of its two functions, and further exports. */
export const codeText = (id: string, upgrade: string, head = '', downgrade = ''): string => `// Code
export const revision = '${id}'
export const downRevision = 'aaa1'
${head}
export async function upgrade(ctx) {
${upgrade}
}
export async function downgrade({ sql }) {
${downgrade}
}
`
