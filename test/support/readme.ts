import { readFileSync } from 'node:fs'

/** A fenced block of the README, and what its invisible `<!-- test: … -->` line says is done with it. */
export interface Block {
  readonly language: string
  readonly text: string
  /** 1-based line of the fence. */
  readonly line: number
  /** undefined: nobody has said how the block is covered. */
  readonly marker: string | undefined
}

export const readme: string = readFileSync('README.md', 'utf8')

export function readBlocks(): readonly Block[] {
  const fence =
    /(?:^<!-- test: (?<marker>.+) -->\n)?^```(?<language>.*)\n(?<text>(?:.*\n)*?)^```$/gm
  return [...readme.matchAll(fence)].map((match) => {
    const { marker, language = '', text = '' } = match.groups ?? {}
    const before = readme.slice(
      0,
      match.index + (marker === undefined ? 0 : match[0].indexOf('\n')),
    )
    return { language, text, marker, line: before.split('\n').length }
  })
}

/** The rows of the one table whose header begins with these cells. */
export function readTable(...header: readonly string[]): readonly (readonly string[])[] {
  const tables = readme
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
