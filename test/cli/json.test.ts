import { expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { run } from './run.ts'

/** A line of every command, in an order in which one may follow the other; some of them fail here, which is an answer too. */
const lines: Readonly<Record<string, readonly string[]>> = {
  init: ['init', 'elsewhere'],
  revision: ['revision', '-m', 'more'],
  diff: ['diff'],
  merge: ['merge', 'heads'],
  edit: ['edit', 'head'],
  import: ['import', 'drizzle'],
  upgrade: ['upgrade'],
  downgrade: ['downgrade', '-1'],
  fleet: ['fleet', '--schemas', 'public', '--plan'],
  stamp: ['stamp', 'head'],
  'create-all': ['create-all'],
  'ensure-version': ['ensure-version'],
  status: ['status'],
  current: ['current'],
  history: ['history'],
  heads: ['heads'],
  branches: ['branches'],
  show: ['show', 'head'],
  graph: ['graph'],
  check: ['check', '--offline'],
  doctor: ['doctor'],
  lint: ['lint', '--all'],
  bundle: ['bundle'],
  completion: ['completion', 'bash'],
}

test('every command answers --json with one document, whether it succeeds or fails', async () => {
  expect(commands.map(({ name }) => name).filter((name) => !(name in lines))).toEqual([])
  const { url } = await createDatabase()
  const cwd = tempFolder({
    'limbeck.config.mjs': 'export default {}',
    ...revisionFiles({ a1: {} }),
  })
  const dead = ['--url', 'postgres://127.0.0.1:1/none']
  for (const typed of [...Object.values(lines), ['upgrade', ...dead], ['status', ...dead]]) {
    const env = { DATABASE_URL: url, EDITOR: 'true' }
    const { code, stdout } = await run([...typed, '--json'], { cwd, env })
    expect(() => JSON.parse(stdout), `${typed.join(' ')}: ${stdout}`).not.toThrow()
    if (code === 1 && !('findings' in JSON.parse(stdout)))
      expect(JSON.parse(stdout), typed.join(' ')).toHaveProperty('error.code')
  }
})
