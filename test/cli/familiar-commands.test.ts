import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { run } from './run.ts'

test.for([
  [['generate'], 'npx limbeck revision --autogenerate'],
  [['generate', '--name', 'x'], 'npx limbeck revision --autogenerate'],
  [['migration:generate'], 'npx limbeck revision --autogenerate'],
  [['migration:run'], 'npx limbeck upgrade'],
  [['migrate', 'dev', '--name', 'x'], 'npx limbeck revision --autogenerate'],
  [['migrate', 'status'], 'npx limbeck status'],
  [['migrate:status'], 'npx limbeck status'],
  [['migrate', 'diff'], 'npx limbeck diff'],
  [['migrate:currentVersion'], 'npx limbeck current'],
  [['migrate', 'reset', '--force'], 'npx limbeck downgrade base'],
  [['migrate:make', 'add_users'], 'npx limbeck revision -m'],
  [['migration:show'], 'npx limbeck current'],
  [['db', 'push'], 'npx limbeck revision --autogenerate'],
  [['db:pull'], 'npx limbeck diff'],
  [['db', 'drop'], 'dropdb'],
  [['up:to', '3'], 'npx limbeck upgrade <revision>'],
  [['down-to', '3'], 'npx limbeck downgrade <revision>'],
  [['up-by-one'], 'npx limbeck upgrade +1'],
  [['export'], 'npx limbeck create-all --sql'],
  [['push'], 'npx limbeck revision --autogenerate'],
  [['migrate'], 'npx limbeck upgrade'],
  [['up'], 'npx limbeck upgrade'],
  [['deploy'], 'npx limbeck upgrade'],
  [['down'], 'npx limbeck downgrade -1'],
  [['rollback', '--all'], 'npx limbeck downgrade -1'],
  [['info'], 'npx limbeck current'],
  [['validate'], 'npx limbeck check'],
  [['squash'], 'npx limbeck revision --from-database'],
  [['seed'], 'npx limbeck revision -m <text> --fresh run'],
  [['dev'], 'npx limbeck revision --autogenerate'],
  [['upgrade', '--dry-run'], '--plan'],
  [['downgrade', '-1', '--dry-run'], '--plan'],
] as const)(
  '%j is answered with what it is called here, and does nothing',
  async ([argv, hint]) => {
    const cwd = tempFolder({
      'limbeck.config.mjs': 'export default {}',
      ...revisionFiles({ a1: {} }),
    })
    const { code, stdout, stderr } = await run(argv, { cwd })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^limbeck: .* is called something else here\n {2}hint: /)
    expect(stderr).toContain(hint)
    expect(readdirSync(join(cwd, 'migrations'))).toHaveLength(1)
  },
)

test('a word that reads does not lead to one that writes', async () => {
  const reading =
    'info|list|pending|validate|migrate status|migrate:status|db status|migrate diff|migrate:list|migration:show|migrate:currentVersion|schema:log|db pull|introspect|export|schema|version'
  for (const words of reading.split('|')) {
    const { stderr } = await run(words.split(' '), { cwd: '/' })
    expect(stderr).toContain('is called something else here')
    expect(stderr).not.toMatch(/stamp|downgrade|upgrade(?! --plan)/)
  }
})

test('a word that nobody uses is unknown, and so is one of theirs as an argument', async () => {
  expect((await run(['nonsense'], { cwd: '/' })).stderr).toContain("unknown command 'nonsense'")
  const { stderr } = await run(['show', 'up', '--config', 'none.ts'], { cwd: '/' })
  expect(stderr).not.toContain('called something else')
})

test('and none is shown in the help', async () => {
  const { stdout } = await run(['--help'], { cwd: '/' })
  expect(stdout).not.toMatch(/rollback|generate\b.*push|studio/)
})
