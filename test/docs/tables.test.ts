import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { type OptionRow, optionTable, pluginTable } from '../../src/config/option-table.ts'
import { resolveConfig } from '../../src/config/resolve-config.ts'
import { allPages, codes, pages, readBlocks, readPage, readTable } from '../support/pages.ts'

const source = (file: string) => readFileSync(file, 'utf8')

/** What one group of a pattern finds in a source file: types leave nothing behind that a test could ask. */
const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name)

const firstCells = (page: string, ...header: readonly string[]) =>
  readTable(page, ...header).flatMap(([cell]) => codes(cell))

test('the outcomes are those of a boot report', () => {
  const [union = ''] = source('src/config/options.ts').match(/type Outcome =[\s\S]+?\n\n/) ?? []
  expect(firstCells('docs/understand/boot.md', 'outcome', 'what it found').toSorted()).toEqual(
    found(union, /'(\w+)'/g).toSorted(),
  )
})

describe('options', () => {
  const rows = readTable('docs/reference/configuration.md', 'option', 'default')

  test('are all there, and no others', () => {
    const files = ['src/config/options.ts', 'src/http/gate.ts', 'src/fastify/plugin.ts']
    const fields = files.flatMap((file) =>
      [
        ...source(file).matchAll(/interface (Limbeck|Boot|Gate|LimbeckPlugin)Options[\s\S]+?\n}/g),
      ].flatMap(([body]) => found(body, /^ {2}readonly (\w+)\??:/gm)),
    )
    expect(rows.map(([cell]) => codes(cell)[0]).toSorted()).toEqual([...new Set(fields)].toSorted())
  })

  const table: Readonly<Record<string, OptionRow>> = { ...optionTable, ...pluginTable }

  test('are those of the table that they are checked by', () => {
    expect(rows.map(([cell]) => codes(cell)[0]).toSorted()).toEqual(Object.keys(table).toSorted())
  })

  test('say who alone uses them', () => {
    for (const [name = ''] of rows) {
      const [option = ''] = codes(name)
      expect(/ _(\w+)_/.exec(name)?.[1], option).toBe(table[option]?.of)
    }
  })

  test('have the defaults that are written there', () => {
    const spelled = (value: unknown) =>
      typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
    const usual = Object.entries(table).filter(([, row]) => row.usual !== undefined)
    expect(usual.length).toBeGreaterThan(20)
    for (const [option, row] of usual) {
      const [, value] = rows.find(([name]) => codes(name)[0] === option) ?? []
      expect(codes(value)[0], option).toBe(spelled(row.usual))
    }
    for (const [name, value = ''] of rows.filter(([, cell = '']) => /^`/.test(cell))) {
      const [option = ''] = codes(name)
      const isOther = Object.hasOwn(table, codes(value)[0] ?? '')
      if (!isOther) expect(table[option], `${option}: ${value}`).toHaveProperty('usual')
    }
  })

  test('have the defaults that a run takes', () => {
    const config: Readonly<Record<string, unknown>> = {
      ...resolveConfig({ url: 'postgres://h/d' }),
    }
    const numbers = rows.filter(
      ([name = '', value = '']) => /\d/.test(value) && !/plugin/.test(name),
    )
    expect(numbers.length).toBeGreaterThan(3)
    for (const [name, value] of numbers) {
      const [option = ''] = codes(name)
      expect(config[option] ?? config[`${option}Ms`], option).toBe(Number(codes(value)[0]))
    }
  })

  test('of `mode` are all explained', () => {
    const [mode = ''] = source('src/config/options.ts').match(/readonly mode\?: .*/) ?? []
    expect(firstCells('docs/understand/boot.md', 'mode', 'what it does')).toEqual(
      found(mode, /'(\w+)'/g),
    )
  })
})

describe('the command line', () => {
  const rows = readTable('docs/reference/cli.md', 'command', 'what it does')

  test('has all words in the order of its help', () => {
    expect(rows.map(([cell]) => codes(cell)[0]?.split(' ')[0])).toEqual(
      commands.map(({ name }) => name),
    )
  })

  test('has the arguments and flags that are shown', () => {
    for (const [cell = '', text = ''] of rows) {
      const [shown = ''] = codes(cell)
      const word = commands.find(({ name }) => name === shown.split(' ')[0])
      for (const [argument] of word?.arguments ?? []) expect(shown).toContain(argument)
      checkFlags(shown.split(' ')[0] ?? '', `${shown} ${codes(text).join(' ')}`)
    }
  })

  test('understands every command that the text speaks of', () => {
    const typed = codes(allPages.replace(/```[\s\S]*?```/g, ''))
      .filter((code) => /^(?:npx )?limbeck [a-z]/.test(code))
      .map((code) => code.replace(/^npx /, ''))
    expect(typed.length).toBeGreaterThan(10)
    for (const command of typed) {
      const [, word = ''] = command.split(' ')
      expect(
        commands.map(({ name }) => name),
        command,
      ).toContain(word)
      checkFlags(word, command)
    }
  })

  test('has the flags by which programs answer what a person is asked', () => {
    const all = commands.flatMap(({ options = [] }) => options.map(([flags]) => flags)).join(' ')
    const rows = readTable('docs/reference/agents.md', 'a person is asked', 'a program types')
    const told = rows.flatMap(([, cell = '']) => cell.match(/(?<=[` ])--?[a-z][\w-]*/g) ?? [])
    expect(told.length).toBeGreaterThan(rows.length)
    for (const flag of told) expect(`${all} `).toMatch(new RegExp(`(^| )${flag}[ ,]`))
  })

  function checkFlags(name: string, text: string) {
    const word = commands.find((each) => each.name === name)
    const own = (word?.options ?? []).map(([flags]) => flags)
    const known = [...own, '--url', '--config', '-c', '--json', '--quiet', '-q', '--help'].join(' ')
    for (const flag of text.match(/(?<=^| )--?[a-z][\w-]*/g) ?? []) {
      expect(`${known} `, `${name} ${flag}`).toMatch(new RegExp(`(^| )${flag}[ ,]`))
    }
  }
})

test('the keys of a revision file are those that its reader knows', () => {
  const [sql = ''] = source('src/script/sql-script.ts').match(/const KEYS = [\s\S]+?\]/) ?? []
  const [ts = ''] = source('src/script/ts-script.ts').match(/const NAMES = [\s\S]+?\]/) ?? []
  const rows = readTable(
    'docs/reference/revision-files.md',
    'key in `.sql`',
    'export in `.ts`',
  ).slice(1)
  const word = (cell?: string) => /^\w[\w-]*/.exec(codes(cell)[0] ?? '')?.[0]
  expect(rows.map(([key]) => word(key)).toSorted()).toEqual(found(sql, /'([\w-]+)'/g).toSorted())
  // A key that only `.sql` files have leaves the other cell empty.
  const exported = rows.flatMap(([, name]) => word(name) ?? [])
  expect(exported.toSorted()).toEqual(found(ts, /'(\w+)'/g).toSorted())
})

test('the environment of the reference service is all that it reads', () => {
  const [variables = ''] =
    source('src/service/config.ts').match(/interface Variables \{[\s\S]+?\n}/) ?? []
  expect(firstCells('docs/project/reference-service.md', 'variable', 'default').toSorted()).toEqual(
    found(variables, /readonly (\w+)\??:/g).toSorted(),
  )
})

/** The anchors that headings get, on GitHub and on the site. */
const anchorsOf = (page: string) =>
  found(readPage(page), /^#+ (.+)$/gm).map((title = '') =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .trim()
      .replaceAll(' ', '-'),
  )

test.for(pages)('every link of %s leads somewhere', (page) => {
  for (const link of found(readPage(page).replace(/```[\s\S]*?```/g, ''), /\]\(([^)]+)\)/g)) {
    const [file = '', anchor] = (link ?? '').split('#')
    if (/^https?:/.test(file)) continue
    const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file)
    expect(existsSync(target), `${page}: ${link}`).toBe(true)
    if (anchor !== undefined && target.endsWith('.md'))
      expect(
        [...anchorsOf(target), ...found(readPage(target), /<a id="([\w-]+)">/g)],
        `${page}: ${link}`,
      ).toContain(anchor)
  }
})

test('the README is short enough to be read', () => {
  expect(readPage('README.md').split('\n').length).toBeLessThanOrEqual(160)
})

test('no block is empty', () => {
  for (const page of pages)
    for (const { text, line } of readBlocks(page))
      expect(text.trim(), `${page}:${line}`).not.toBe('')
})

describe('the page of the API', () => {
  const names = (entry: string) =>
    readTable('docs/reference/api.md', 'entry', 'exports')
      .filter(([cell]) => codes(cell)[0] === entry)
      .flatMap(([, cell]) => codes(cell))

  test('has every export of the main entry', async () => {
    expect(firstCells('docs/reference/api.md', 'export', 'what it is').toSorted()).toEqual(
      Object.keys(await import('limbeck')).toSorted(),
    )
  })

  test('has every method of a migrator', () => {
    const [methods = ''] =
      source('src/migrator.ts').match(/export interface Migrator \{[\s\S]+?\n}/) ?? []
    expect(
      firstCells('docs/reference/api.md', 'method', 'returns')
        .map((call) => call.replace(/\(.*/, ''))
        .toSorted(),
    ).toEqual(found(methods, /^ {2}(\w+)\(/gm).toSorted())
  })

  test('has what the other entries export', async () => {
    const entries = {
      'limbeck/http': await import('limbeck/http'),
      'limbeck/testing': await import('limbeck/testing'),
      'limbeck/bundle': await import('limbeck/bundle'),
      'limbeck/embedded': await import('limbeck/embedded'),
    }
    for (const [entry, module] of Object.entries(entries))
      expect(names(entry), entry).toEqual(Object.keys(module).toSorted())
    const listed = /^`limbeck\/graph` has (.+)\.$/m.exec(readPage('docs/reference/api.md'))?.[1]
    expect(codes(listed)).toEqual(Object.keys(await import('limbeck/graph')).toSorted())
    const { exports: shipped } = JSON.parse(source('package.json'))
    expect(firstCells('docs/reference/api.md', 'entry', 'exports').toSorted()).toEqual(
      Object.keys(shipped)
        .filter((name) => !/^\.$|json$/.test(name))
        .map((name) => name.replace('.', 'limbeck'))
        .toSorted(),
    )
  })
})

test('the tables of the database have the columns that are written there', () => {
  const columnsOf = (name: string) => {
    const [table = ''] =
      source('src/database/tables.ts').match(
        new RegExp(`CREATE TABLE \\$\\{${name}[\\s\\S]+?\\n\\)`),
      ) ?? []
    return found(table, /^ {2}([a-z_]+) /gm).toSorted()
  }
  const page = 'docs/reference/tables.md'
  expect(firstCells(page, 'column of the history').toSorted()).toEqual(columnsOf('history'))
  expect(firstCells(page, 'column of the progress').toSorted()).toEqual(columnsOf('progressName'))
})

describe('the page of the health report', () => {
  const page = 'docs/reference/health.md'
  const rows = readTable(page, 'field')
  const health = source('src/http/health.ts')
  const fieldsOf = (name: string) => {
    const [body = ''] = health.match(new RegExp(`export interface ${name} \\{[\\s\\S]+?\\n}`)) ?? []
    return found(body, /^ {2}readonly (\w+)\??:/gm)
  }

  test('has every field', () => {
    const top = fieldsOf('HealthReport').filter((name) => name !== 'schema')
    const nested = fieldsOf('SchemaHealth').map((name) => `schema.${name}`)
    expect(firstCells(page, 'field').toSorted()).toEqual([...top, ...nested].toSorted())
    const error = rows.find(([cell]) => codes(cell)[0] === 'error')
    expect(codes(error?.[1])).toEqual(expect.arrayContaining(fieldsOf('HealthError')))
  })

  test('has every state', () => {
    const told = (field: string) => codes(rows.find(([cell]) => codes(cell)[0] === field)?.[1])
    const [progress = ''] =
      source('src/config/options.ts').match(/export type Progress =[\s\S]+/) ?? []
    const states = [...new Set(found(progress, /readonly state: '(\w+)'/g)), 'ready', 'failed']
    expect(told('schema.state').toSorted()).toEqual(states.toSorted())
    expect(told('status')).toEqual(
      found(/readonly status: (.+)/.exec(health)?.[1] ?? '', /'(\w+)'/g),
    )
  })
})
