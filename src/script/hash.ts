import { hash } from 'node:crypto'
import type { Script } from './script.ts'

/** SHA-256 (hex) of a text, whatever its line ends, BOM and newlines at the end: what git and editors change by themselves. */
export function hashText(text: string): string {
  const unmarked = text.replace(/^\uFEFF/, '')
  const lines = unmarked.includes('\r') ? unmarked.replace(/\r\n?/g, '\n') : unmarked
  let end = lines.length
  while (lines[end - 1] === '\n') end -= 1
  return hash('sha256', lines.slice(0, end), 'hex')
}

/**
 * The hash of a revision file as the history keeps it. It covers what runs: the bodies with their comments, and the keys that
 * change how they run or where they stand. What may be corrected in an applied revision is left out: the message, `created`,
 * `labels`, `compatible`, `fresh` and `models`.
 */
export function hashRevision(kind: Script['kind'], text: string): string {
  return hashText(kind === 'sql' ? runningSql(normalizeText(text)) : runningTs(normalizeText(text)))
}

/** All hashes that stand for the file: also those of the whole text, as older versions of Limbeck wrote them. */
export function hashesOf(kind: Script['kind'], text: string): ReadonlySet<string> {
  const normal = normalizeText(text)
  const lines = normal.split('\n')
  const end = headerEnd(kind, lines)
  const correctable = lines.flatMap((line, at) => (isCorrectable(kind, line, at, end) ? [at] : []))
  // Lines that were written since: without any of them the text is as it was.
  const texts = subsets(correctable.slice(0, 6)).map((gone) =>
    lines.filter((_, at) => !gone.has(at)).join('\n'),
  )
  return new Set([hashRevision(kind, normal), ...texts.map(hashText)])
}

/**
 * The text without its BOM and, where all of its lines end in CRLF (or in CR), with LF line ends. Bodies run in this
 * form, so that a function created from a CRLF checkout is stored with the same body as one from an LF checkout. A
 * carriage return of any other kind was written on purpose, and stays in the literal that holds it.
 */
export function normalizeText(text: string): string {
  const body = text.replace(/^\uFEFF/, '')
  if (!body.includes('\r')) return body
  if (!body.includes('\n')) return body.replaceAll('\r', '\n')
  return /(?<!\r)\n/.test(body) ? body : body.replaceAll('\r\n', '\n')
}

const headerKey =
  /^\s*(?:--|\/\/)\s*(revision|revises|depends-on|transaction|irreversible)\s*:\s*(.*?)\s*$/
const upgradeMarker = /^\s*--\s*\+upgrade\s*$/
const correctableKey = /^\s*(?:--|\/\/)\s*(?:created|labels|compatible|fresh|models|ledger)\s*:/
const correctableExport = /^export\s+const\s+(?:created|labels|compatible|fresh|models)\b/

/** Index of the line after the header comment. */
function headerEnd(kind: Script['kind'], lines: readonly string[]): number {
  const isOver =
    kind === 'sql'
      ? (line: string) => upgradeMarker.test(line)
      : (line: string) => !/^\s*(?:\/\/.*)?$/.test(line)
  const end = lines.findIndex(isOver)
  if (end !== -1) return end
  // A file of drizzle-kit has no header.
  return kind === 'sql' ? 0 : lines.length
}

function isCorrectable(kind: Script['kind'], line: string, at: number, end: number): boolean {
  return at < end ? correctableKey.test(line) : kind === 'ts' && correctableExport.test(line)
}

function keysIn(lines: readonly string[]): readonly string[] {
  return lines
    .flatMap((line) => {
      const [, key, value] = (line.includes(':') && headerKey.exec(line)) || []
      return key === undefined ? [] : [`${key}: ${value}`]
    })
    .toSorted()
}

function runningSql(text: string): string {
  const begin = upgradeLine(text)
  const keys = keysIn(text.slice(0, begin).split('\n'))
  return [...keys, text.slice(begin)].join('\n')
}

/** Where the line of the marker begins; 0 where there is none. */
function upgradeLine(text: string): number {
  for (let at = text.indexOf('+upgrade'); at !== -1; at = text.indexOf('+upgrade', at + 1)) {
    const begin = text.lastIndexOf('\n', at) + 1
    const end = text.indexOf('\n', at)
    if (upgradeMarker.test(text.slice(begin, end === -1 ? text.length : end))) return begin
  }
  return 0
}

function runningTs(text: string): string {
  const lines = text.split('\n')
  const end = headerEnd('ts', lines)
  const code = lines.slice(end).filter((line) => !correctableExport.test(line))
  return [...keysIn(lines.slice(0, end)), ...code].join('\n')
}

function subsets(all: readonly number[]): readonly ReadonlySet<number>[] {
  return Array.from(
    { length: 2 ** all.length },
    (_, bits) => new Set(all.filter((_, index) => (bits >> index) & 1)),
  )
}
