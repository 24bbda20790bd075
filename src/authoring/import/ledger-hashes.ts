import { createHash } from 'node:crypto'
import { isRepeatable } from '../../ledger/spread-rows.ts'
import type { SqlTool } from '../../script/ledger-entry.ts'

/**
 * What the tool itself keeps of a file, to tell an edit; first that of the file as it is. Flyway takes a repeatable migration
 * with its placeholders replaced: other values are a reason to run it again.
 */
export function ledgerHashes(
  tool: Exclude<SqlTool, 'drizzle'>,
  name: string,
  content: Buffer,
  replaced: string,
): readonly string[] {
  if (tool === 'prisma') return prismaChecksums(content)
  const text = content.toString()
  if (tool === 'flyway') return [String(flywayChecksum(isRepeatable(name) ? replaced : text))]
  return tool === 'graphile-migrate' ? graphileHashes(text) : []
}

/** Of the hash before it and the text below the headers: the header that says it stays as it is when the text is edited. */
function graphileHashes(text: string): readonly string[] {
  const [headers = ''] = /^(?:--! [A-Z]\w*(?::.*)?\r?\n)+/.exec(text) ?? []
  const said = (name: string) =>
    new RegExp(`^--! ${name}: *(sha1:[0-9a-f]{40})\\s*$`, 'm').exec(headers)?.[1]
  const hash = said('Hash')
  if (hash === undefined) return []
  // The tool takes the header's word then, too.
  if (/^--! AllowInvalidHash\b/m.test(headers)) return [hash]
  const body = text.slice(headers.length)
  const hashes = [body, body.replaceAll('\r\n', '\n')].map((each) => {
    const hashed = `${said('Previous') ?? ''}\n${each.trim()}`.trim()
    return `sha1:${createHash('sha1').update(`${hashed}\n`).digest('hex')}`
  })
  return [...new Set(hashes)]
}

/** Of the bytes, so that a checkout with other line ends has another one. */
function prismaChecksums(content: Buffer): readonly string[] {
  const lines = content.toString('latin1').replaceAll('\r\n', '\n')
  const others = [lines, lines.replaceAll('\n', '\r\n')].map((text) => Buffer.from(text, 'latin1'))
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  return [...new Set([content, ...others].map(sha256))]
}

/** CRC-32 of the lines without their ends, as Java's signed integer. */
function flywayChecksum(text: string): number {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/\n$/, '')
    .split('\n')
  let crc = -1
  for (const byte of Buffer.from(lines.join(''))) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc
}
