import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'

const run = promisify(execFile)

/** A revision file. */
export const sql = (id: string, parent: string, up: string, keys = '') =>
  `-- ${id}\n--\n-- revision: ${id}\n-- revises: ${parent}\n${keys}-- irreversible: it is a test\n\n-- +upgrade\n${up}\n`

/** What every bundle has to carry: a body with semicolons inside, an online index, code with a helper, an enum, a package. */
const files: Readonly<Record<string, string>> = {
  'migrations/aaaa00000001_tables.sql': sql(
    'aaaa00000001',
    '',
    `CREATE TABLE t (id int, note text);
CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;`,
  ),
  'migrations/bbbb00000002_index.sql': sql(
    'bbbb00000002',
    'aaaa00000001',
    'CREATE INDEX CONCURRENTLY t_id ON t (id);',
    '-- transaction: none\n',
  ),
  'migrations/cccc00000003_rows.ts': `import type { RevisionContext } from 'limbeck'
import { createHash } from 'node:crypto'
import first, { Kind } from '../shared/kind'
export const revision = 'cccc00000003'
export const downRevision = 'bbbb00000002'
export const irreversible = 'it is a test'
export async function upgrade({ sql }: RevisionContext): Promise<void> {
  const { later } = await import('../shared/later')
  const hash = createHash('md5').update(first).digest('hex')
  await sql\`INSERT INTO t VALUES (\${Kind.Two}, \${hash + later})\`
}
`,
  'shared/kind.ts': `export enum Kind { One = 1, Two }\nexport default 'one'\n`,
  'shared/later.ts': `export const later: string = '!'\n`,
}

/** What the revision that is code writes. */
export const hash = 'f97c5d29941bfb1b2fdab0874906ab82!'

/** A project with those revisions, and `more` in place of some files. */
export async function project(more: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-bundled-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const all = { 'limbeck.config.mjs': 'export default {}\n', ...files, ...more }
  for (const [name, text] of Object.entries(all)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
    await writeFile(path.join(folder, name), text)
  }
  await mkdir(path.join(folder, 'node_modules'))
  await symlink(path.resolve('.'), path.join(folder, 'node_modules/limbeck'))
  return folder
}

/** Runs a service in its folder, and reads what it prints. */
export async function start(file: string, url: string, program = [process.execPath, file]) {
  const [command = '', ...args] = program
  const child = run(command, args, {
    cwd: path.dirname(file),
    env: { ...process.env, DATABASE_URL: url },
  })
  return JSON.parse((await child).stdout) as Readonly<Record<string, string>>
}

/** A service that boots and says what came of it. */
export const service = (options: string, head = '') => `import { initDb } from 'limbeck'
${head}
initDb({ url: process.env.DATABASE_URL!, ${options} }).then(
  ({ outcome }) => console.log(JSON.stringify({ outcome })),
  ({ code, message, details }) => console.log(JSON.stringify({ code, message, hint: details?.hint })),
)
`
