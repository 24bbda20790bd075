import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createMigrator } from 'limbeck'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { explained } from '../../src/check/lint/lint-rules.ts'
import { readBlocks, readPage } from '../support/pages.ts'

const page = 'docs/reference/lint.md'
const examples = readBlocks(page).flatMap(({ marker = '', text, line }, at) => {
  const [word, rule = ''] = marker.split(' ')
  return [{ id: `11ee${`${at}`.padStart(8, '0')}`, isBad: word === 'bad', rule, text, line }]
})
const found = new Map<string, readonly string[]>()
let folder = ''

/** Every example is the upgrade of a revision of its own; the keys above the statements go into its header. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'limbeck-lint-page-'))
  for (const [at, { id, text }] of examples.entries()) {
    const [keys = ''] = /^(?:-- [\w-]+: .*\n)*/.exec(text) ?? []
    const header = `-- example\n--\n-- revision: ${id}\n-- revises: ${examples[at - 1]?.id ?? ''}\n`
    await writeFile(
      path.join(folder, `${id}_example.sql`),
      `${header}-- irreversible: an example\n${keys}\n-- +upgrade\n${text.slice(keys.length)}`,
    )
  }
  const migrator = createMigrator({ url: 'postgres://none.invalid/none', migrations: folder })
  const { findings } = await migrator.lint({ all: true })
  for (const { id } of examples)
    found.set(
      id,
      findings.flatMap(({ revision, code }) => (revision === id ? code : [])),
    )
  await migrator.close()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('every lint rule that has something of its own to say has a bad and a good example', () => {
  const rulesOf = (isBad: boolean) =>
    examples.filter((example) => example.isBad === isBad).map(({ rule }) => rule)
  expect(rulesOf(true)).toEqual(expect.arrayContaining([...explained]))
  expect(rulesOf(false)).toEqual(expect.arrayContaining([...explained]))
  const headings = [...readPage(page).matchAll(/^## (.+)$/gm)].map(([, name]) => name)
  expect(headings).toEqual([...new Set(rulesOf(true))])
})

test.for(examples)('line $line of the page: $rule', ({ id, isBad, rule }) => {
  if (isBad) expect(found.get(id)).toContain(rule)
  else expect(found.get(id)).toEqual([])
})
