import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { codes, pages, readBlocks, readPage, readTable } from '../support/pages.ts'
import { firstCells, found, source } from './read-docs.ts'

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
