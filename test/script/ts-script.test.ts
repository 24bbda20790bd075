import { describe, expect, test } from 'vitest'
import { LimbeckError } from '../../src/errors.ts'
import { parseTsScript } from '../../src/script/ts-script.ts'
import { tsText } from './revision-folder.ts'

const FILE = '/migrations/aaa_add_t.ts'

function refusal(text: string) {
  try {
    parseTsScript(FILE, text)
  } catch (error) {
    if (!(error instanceof LimbeckError)) throw error
    return { code: error.code, message: error.message, ...error.details }
  }
  throw new Error('the file was accepted')
}

// Written apart, so that the linter does not take it for a forgotten template.
const HOLE = '$' + '{'

describe('the head of a .ts revision', () => {
  test('gives a base everything that is not written its default', () => {
    expect(parseTsScript(FILE, tsText())).toEqual({
      id: 'aaa',
      parents: [],
      dependsOn: [],
      labels: [],
      file: FILE,
      kind: 'ts',
      message: 'Add t',
      created: null,
      transactional: true,
      irreversible: null,
      compatible: null,
      fresh: null,
      models: null,
    })
  })

  test('reads every constant, with types and in any layout', () => {
    const text = `#!/usr/bin/env node
/**
 * Move the rows
 *
 * created: 2026-11-21T02:03:04Z
 */
import type { RevisionContext } from 'limbeck'
export const revision: string = "aaa"; export const downRevision: readonly string[] = [
  'b1', // first
  \`b2\`,
] as const
export const labels = ['x'] satisfies string[]
export const dependsOn: Array<'c1'> = ['c\\x31'] as Array<'c1'>
export const transaction = 'none' as const
export const irreversible: string | null =
  'it\\'s gone'
export const compatible = false
const helper = { revision: 'zzz', f() { return 1 } }
export const upgrade = async (ctx: RevisionContext) => { const revision = 'inner' }
`
    expect(parseTsScript(FILE, text)).toMatchObject({
      id: 'aaa',
      parents: ['b1', 'b2'],
      created: '2026-11-21T02:03:04Z',
      message: 'Move the rows',
      labels: ['x'],
      dependsOn: ['c1'],
      transactional: false,
      irreversible: "it's gone",
      compatible: false,
    })
  })

  test('is not misled by comments, strings, templates and regular expressions', () => {
    const text = tsText(
      "// export const revision = 'b'",
      '/* export const revision = `b` { */',
      `const a = \`export const revision = "b" ${HOLE}\`{ ${HOLE}"}"} \`} }\``,
      'const b = \'export const labels = {\' + "\\"{"',
      'const c = /[`\'"{/]\\/{1}/g.test(a) ? 1 / 2 / 3 : [/`/, /"/]',
      'function d() { return /}/ }',
      "if (c) { const x = 4 / 2 } /* ' */",
      `type E = \`a${HOLE}string}\``,
      "namespace F { export const revision = 'b' }",
    )
    expect(parseTsScript(FILE, text)).toMatchObject({ id: 'aaa', labels: [] })
  })

  test('takes functions exported in any form', () => {
    const head = "export const revision = 'aaa'\nexport const downRevision = null\n"
    const forms = [
      'export function upgrade() {}\nexport const downgrade = () => {}',
      'async function upgrade() {}\nconst down = 1\nexport { upgrade, down as downgrade }',
      "export { up as upgrade, downgrade } from '../shared/roles.ts'",
    ]
    for (const form of forms) expect(parseTsScript(FILE, head + form).id).toBe('aaa')
  })

  test('reads yes and no as well as true and false', () => {
    for (const [text, value] of [
      ["'yes'", true],
      ["'no'", false],
      ['true', true],
      ['false', false],
    ]) {
      const script = parseTsScript(FILE, tsText(`export const compatible = ${text}`))
      expect(script.compatible).toBe(value)
    }
    expect(parseTsScript(FILE, tsText("export const fresh = 'run'")).fresh).toBe('run')
  })

  test.each([
    'id',
    "'a' + 'b'",
    `\`a${HOLE}1}\``,
    "['a', ...b]",
    "['a', b]",
    '{}',
    '1',
    "('a')",
    "['a'].concat()",
    "'a'\n  .trim()",
    "'a'\n  + 'b'",
    "cond ? 'a' : 'b'",
    'undefined',
    "f('a')",
  ])('refuses the value %s, since no code is run', (value) => {
    const error = refusal(tsText(`export const labels = ${value}`))
    expect(error).toMatchObject({
      code: 'LIMBECK_INVALID_FILE',
      line: 4,
      message: 'aaa_add_t.ts:4: the value of "labels" is not a literal',
    })
    expect(error.hint).toContain('the graph is read without running code')
  })

  test.each([
    ['', 'is empty'],
    [tsText().replace('revision', 'x'), 'does not export "revision"'],
    [tsText().replace('export const downRevision', 'const y'), 'does not export "downRevision"'],
    [tsText().replace('upgrade', 'up'), 'does not export the function "upgrade"'],
    [tsText().replace('downgrade', 'down'), 'does not export the function "downgrade"'],
    [tsText("export let labels = ['a']"), 'aaa_add_t.ts:4: the value of "labels"'],
    [tsText("export const revision = 'b'"), 'aaa_add_t.ts:4: "revision" is exported twice'],
    [tsText('export const transaction = false'), ':4: false is not a value of "transaction"'],
    [tsText("export const fresh = 'yes'"), ':4: "yes" is not a value of "fresh"'],
    [tsText('export const irreversible = true'), ':4: true is not a value of "irreversible"'],
    [tsText("export const created = 'now'"), ':4: "now" is not a date'],
    [tsText('export const branch_labels = []'), ':4: unknown export "branch_labels"'],
    [tsText('export const irreversable = 1'), ':4: unknown export "irreversable"'],
    [
      tsText("export const fresh = 'run'", "export const transaction = 'none'"),
      'exclude each other',
    ],
    [tsText().replace("'aaa'", "'bbb'"), 'does not hold the revision "bbb"'],
    [`${tsText()}export async function more() {\n`, ':6: the "{" that begins here never ends'],
    [`${tsText()}const a = 'b\n`, ':6: the string that begins here never ends'],
    [`${tsText()}const a = \`b \${1\n`, ':6: the template that begins here never ends'],
    [`${tsText()}const a = \`b \${1}\n`, ':6: the template that begins here never ends'],
    [`${tsText()}/* a`, ':6: the comment that begins here never ends'],
    [`${tsText()}}`, ':6: "}" closes nothing'],
    [`${tsText()}const a = (1]`, ':6: "]" closes nothing'],
  ])('refuses %j', (text, fact) => {
    const error = refusal(text)
    expect(error.code).toBe('LIMBECK_INVALID_FILE')
    expect(error.message).toContain(fact)
    expect(error.hint).toBeTruthy()
  })
})
