import { describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { type OptionRow, optionTable, pluginTable } from '../../src/config/option-table.ts'
import { resolveConfig } from '../../src/config/resolve-config.ts'
import { allPages, codes, readTable } from '../support/pages.ts'
import { firstCells, found, source } from './read-docs.ts'

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
