import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../commands/temp-folder.ts'
import { run } from './run.ts'

const revision = (id: string, parent: string) =>
  `-- add ${id}\n--\n-- revision: ${id}\n-- revises: ${parent}\n\n-- +upgrade\nSELECT 1;\n\n-- +downgrade\nSELECT 1;\n`

const project = (...ids: readonly string[]) =>
  tempFolder({
    'limbeck.config.mjs': `export default { migrations: 'migrations' }\n`,
    'migrations/.gitkeep': '',
    ...Object.fromEntries(
      ids.map((id, at) => [`migrations/${id}_x.sql`, revision(id, ids[at - 1] ?? '')]),
    ),
  })

describe('colours', () => {
  const colour = '\u001B['
  test.for([
    ['are asked for by FORCE_COLOR where there is no terminal', { FORCE_COLOR: '1' }, true],
    ['are not there without a terminal', {}, false],
    ['are turned off by FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
    ['are never there with NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ] as const)('%s', async ([, env, coloured]) => {
    const { stdout } = await run(['heads'], { cwd: project('a1'), env: { ...env } })
    expect(stdout.includes(colour)).toBe(coloured)
  })
})

describe('a revision without -m', () => {
  test('is asked for its message on a terminal', async () => {
    const cwd = project('a1')
    expect(await run(['revision'], { cwd, types: 'add roles\n' })).toMatchObject({ code: 0 })
    expect(readdirSync(join(cwd, 'migrations')).join()).toContain('_add_roles.sql')
  })

  test('is not written when nothing is typed', async () => {
    const cwd = project('a1')
    const { code, stderr } = await run(['revision'], { cwd, types: '\n' })
    expect(code).toBe(1)
    expect(stderr).toContain('LIMBECK_CANCELLED')
    expect(readdirSync(join(cwd, 'migrations'))).toHaveLength(2)
  })
})

test('a merge of one head is refused, and no file is written', async () => {
  const cwd = project('a1')
  const { code, stderr } = await run(['merge', 'heads', '-m', 'x'], { cwd })
  expect(code).toBe(1)
  expect(stderr).toContain('there is nothing to merge: a1 alone was named')
  expect(readdirSync(join(cwd, 'migrations'))).toHaveLength(2)
})

describe('a drawing of the history', () => {
  test.for([
    ['mermaid', ['graph TD', 'n0["a1<br>add a1"]', 'n0 --> n1']],
    ['dot', ['digraph limbeck {', '"a1" -> "b1";']],
    ['svg', ['<svg xmlns', '>add b1</text>', '<line ']],
  ] as const)('as %s', async ([format, parts]) => {
    const { code, stdout } = await run(['graph', '--format', format], { cwd: project('a1', 'b1') })
    expect(code).toBe(0)
    for (const part of parts) expect(stdout).toContain(part)
  })

  test('has parents above children, whatever their files are called', async () => {
    const { stdout } = await run(['graph', '--format', 'svg'], { cwd: project('z1', 'a1', 'm1') })
    const heightOf = (id: string) => Number(new RegExp(`y="(\\d+)">${id}<`).exec(stdout)?.[1])
    expect(heightOf('z1')).toBeLessThan(heightOf('a1'))
    expect(heightOf('a1')).toBeLessThan(heightOf('m1'))
  })

  test('has no other format', async () => {
    const { code, stderr } = await run(['graph', '--format', 'png'], { cwd: project('a1') })
    expect({ code, stderr }).toMatchObject({ code: 2 })
    expect(stderr).toContain('mermaid, dot, svg')
  })
})

test('a person is told within seconds, and in one warning, that no server is there', async () => {
  const cwd = project('a1')
  const { code, stderr } = await run(['current', '--url', 'postgres://a:b@127.0.0.1:1/d'], { cwd })
  expect(code).toBe(1)
  expect(stderr).toContain('LIMBECK_CONNECTION_FAILED')
  expect(stderr.match(/warning/g)).toHaveLength(1)
})
