import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** A fenced block of a page, and what its invisible `<!-- test: … -->` line says is done with it. */
export interface Block {
  readonly language: string
  readonly text: string
  /** 1-based line of the fence. */
  readonly line: number
  /** undefined: nobody has said how the block is covered. */
  readonly marker: string | undefined
}

/** Pages for users. Those of the project itself are for people who change it. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .map((file) => `docs/${file.replaceAll(path.sep, '/')}`)
    .filter((file) => file.endsWith('.md') && !/node_modules|\.vitepress/.test(file))
    .filter((file) => !/^docs\/(?:decisions\/|[\w-]+\.md$)/.test(file))
    .toSorted(),
]

export const readPage = (page: string): string => readFileSync(page, 'utf8')

/** The text of all pages. */
export const allPages: string = pages.map(readPage).join('\n')

/** A line of the front matter: `project: shop` says in which project the page's commands are typed. */
export function frontMatter(page: string, key: string): string | undefined {
  const [, head = ''] = /^---\n([\s\S]*?)\n---\n/.exec(readPage(page)) ?? []
  return new RegExp(`^${key}: (.*)$`, 'm').exec(head)?.[1]
}

export function readBlocks(page: string): readonly Block[] {
  const text = readPage(page)
  const fence =
    /(?:^<!-- test: (?<marker>.+) -->\n)?^```(?<language>.*)\n(?<text>(?:.*\n)*?)^```$/gm
  return [...text.matchAll(fence)].map((match) => {
    const { marker, language = '', text: body = '' } = match.groups ?? {}
    const before = text.slice(0, match.index + (marker === undefined ? 0 : match[0].indexOf('\n')))
    return { language, text: body, marker, line: before.split('\n').length }
  })
}

/** The rows of the one table of a page whose header begins with these cells. */
export function readTable(
  page: string,
  ...header: readonly string[]
): readonly (readonly string[])[] {
  const tables = readPage(page)
    .split(/\n(?!\|)/)
    .map((text) => text.split('\n').filter((line) => line.startsWith('|')))
    .map((lines) => lines.map((line) => line.replace(/ +/g, ' ')))
    .filter(([first = '']) => first.startsWith(`| ${header.join(' | ')} |`))
  const [rows, ...others] = tables
  if (rows === undefined || others.length > 0) throw new Error(`${tables.length} tables ${header}`)
  return rows.slice(2).map((row) =>
    row
      .replace(/^\| ?|\s*\|$/g, '')
      .split(' | ')
      .map((cell) => cell.trim()),
  )
}

/** The `code` words of a cell. */
export function codes(text = ''): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}
