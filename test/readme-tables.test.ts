import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { words } from '../src/cli/commands.ts'
import { resolveConfig } from '../src/config/resolve-config.ts'
import { codes, readBlocks, readme, readTable } from './support/readme.ts'

const source = (file: string) => readFileSync(file, 'utf8')

/** What one group of a pattern finds in a source file: types leave nothing behind that a test could ask. */
const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name)

const firstCells = (...header: readonly string[]) =>
  readTable(...header).flatMap(([cell]) => codes(cell))

test('the outcomes are those of a boot report', () => {
  const [union = ''] = source('src/config/options.ts').match(/type Outcome =[\s\S]+?\n\n/) ?? []
  expect(firstCells('outcome', 'what it found').toSorted()).toEqual(
    found(union, /'(\w+)'/g).toSorted(),
  )
})

describe('options', () => {
  const rows = readTable('option', 'default')

  test('are all there, and no others', () => {
    const fields = ['src/config/options.ts', 'src/http/gate.ts'].flatMap((file) =>
      [...source(file).matchAll(/interface (Limbeck|Boot|Gate)Options[\s\S]+?\n}/g)].flatMap(
        ([body]) => found(body, /^ {2}readonly (\w+)\??:/gm),
      ),
    )
    expect(rows.map(([cell]) => codes(cell)[0]).toSorted()).toEqual(fields.toSorted())
  })

  test('have the defaults that are written there', () => {
    const config: Readonly<Record<string, unknown>> = {
      ...resolveConfig({ url: 'postgres://h/d' }),
    }
    const numbers = rows.filter(
      ([name = '', value = '']) => /\d/.test(value) && !/plugin/.test(name),
    )
    expect(numbers.length).toBeGreaterThan(3)
    for (const [name, value] of numbers) {
      const [option = ''] = codes(name)
      expect(config[option], option).toBe(Number(codes(value)[0]))
    }
  })

  test('of `mode` are all explained', () => {
    const [mode = ''] = source('src/config/options.ts').match(/readonly mode\?: .*/) ?? []
    expect(firstCells('mode', 'what it does')).toEqual(found(mode, /'(\w+)'/g))
  })
})

describe('the command line', () => {
  const rows = readTable('word', 'what it does')

  test('has all words in the order of its help', () => {
    expect(rows.map(([cell]) => codes(cell)[0]?.split(' ')[0])).toEqual(
      words.map(({ name }) => name),
    )
  })

  test('has the arguments and flags that are shown', () => {
    for (const [cell = '', text = ''] of rows) {
      const [shown = ''] = codes(cell)
      const word = words.find(({ name }) => name === shown.split(' ')[0])
      for (const [argument] of word?.arguments ?? []) expect(shown).toContain(argument)
      checkFlags(shown.split(' ')[0] ?? '', `${shown} ${codes(text).join(' ')}`)
    }
  })

  test('understands every command that the text speaks of', () => {
    const commands = codes(readme.replace(/```[\s\S]*?```/g, '')).filter((code) =>
      code.startsWith('limbeck '),
    )
    expect(commands.length).toBeGreaterThan(10)
    for (const command of commands) {
      const [, word = ''] = command.split(' ')
      expect(
        words.map(({ name }) => name),
        command,
      ).toContain(word)
      checkFlags(word, command)
    }
  })

  function checkFlags(name: string, text: string) {
    const word = words.find((each) => each.name === name)
    const known = (word?.options ?? []).map(([flags]) => flags).join(' ')
    for (const flag of text.match(/(?<=^| )--?[a-z][\w-]*/g) ?? []) {
      expect(`${known} `, `${name} ${flag}`).toMatch(new RegExp(`(^| )${flag}[ ,]`))
    }
  }
})

test('the keys of a revision file are those that its reader knows', () => {
  const [sql = ''] = source('src/script/sql-script.ts').match(/const KEYS = [\s\S]+?\]/) ?? []
  const [ts = ''] = source('src/script/ts-script.ts').match(/const NAMES = [\s\S]+?\]/) ?? []
  const rows = readTable('key in `.sql`', 'export in `.ts`').slice(1)
  const word = (cell?: string) => /^\w[\w-]*/.exec(codes(cell)[0] ?? '')?.[0]
  expect(rows.map(([key]) => word(key)).toSorted()).toEqual(found(sql, /'([\w-]+)'/g).toSorted())
  expect(rows.map(([, name]) => word(name)).toSorted()).toEqual(found(ts, /'(\w+)'/g).toSorted())
})

test('the environment of the reference service is all that it reads', () => {
  const [variables = ''] =
    source('src/service/config.ts').match(/interface Variables \{[\s\S]+?\n}/) ?? []
  expect(firstCells('variable', 'default').toSorted()).toEqual(
    found(variables, /readonly (\w+)\??:/g).toSorted(),
  )
})

test('every link leads somewhere', () => {
  const anchors = found(readme, /^#+ (.+)$/gm).map((title = '') =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
  const links = found(readme.replace(/```[\s\S]*?```/g, ''), /\]\(([^)]+)\)/g)
  expect(links.length).toBeGreaterThan(5)
  for (const link of links) {
    if (link?.startsWith('#')) expect(anchors).toContain(link.slice(1))
    else expect(existsSync(link ?? ''), link).toBe(true)
  }
})

test('every file that docs/architecture.md names is there', () => {
  const files = found(source('docs/architecture.md'), /`((?:src|test)\/[\w/-]+\.ts)`/g)
  expect(files.length).toBeGreaterThan(40)
  expect(files.filter((file = '') => !existsSync(file))).toEqual([])
})

test('no block is empty', () => {
  for (const { text, line } of readBlocks()) expect(text.trim(), `line ${line}`).not.toBe('')
})
