import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { run } from './run.ts'

test.for([
  [['generate'], 'npx limbeck revision --autogenerate'],
  [['generate', '--name', 'x'], 'npx limbeck revision --autogenerate'],
  [['migration:generate'], 'npx limbeck revision --autogenerate'],
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
  for (const word of ['info', 'list', 'pending', 'validate']) {
    const { stderr } = await run([word], { cwd: '/' })
    expect(stderr).not.toMatch(/stamp|downgrade|upgrade(?! --plan)/)
  }
})

test('and none is shown in the help', async () => {
  const { stdout } = await run(['--help'], { cwd: '/' })
  expect(stdout).not.toMatch(/rollback|generate\b.*push|studio/)
})
