import { randomBytes } from 'node:crypto'
import { readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { LimbeckError } from '../errors.ts'
import type { Script } from '../script/script.ts'
import { readScript } from '../script/script-directory.ts'

/**
 * Writes the fingerprint of the models into the header of an existing revision file, whose every other byte stays. What runs
 * does not change by it, so it is no edit of an applied revision. The new text is read back before it takes the place of the
 * old one. Throws LIMBECK_INVALID_FILE where the header cannot take it, or the file cannot be written.
 */
export async function noteModels({ file, kind }: Script, fingerprint: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  const changed = kind === 'sql' ? inSql(text, fingerprint) : inTs(text, fingerprint)
  // A dot file is no revision to others that list the folder meanwhile, and the name has to hold the id to be read back.
  const unfinished = join(dirname(file), `.${randomBytes(6).toString('hex')}_${basename(file)}`)
  try {
    await writeFile(unfinished, changed, { flag: 'wx' })
    if ((await readScript(unfinished)).models !== fingerprint) throw new TypeError('not read back')
    await rename(unfinished, file)
  } catch (cause) {
    await unlink(unfinished).catch(() => {})
    throw new LimbeckError(
      'LIMBECK_INVALID_FILE',
      `the fingerprint of the models cannot be written into ${file}`,
      {
        cause,
        file,
        hint: `Write it by hand: "${kind === 'sql' ? '--' : '//'} models: ${fingerprint}" below the line of the revision.`,
      },
    )
  }
}

/** The keys end where `-- +upgrade` begins, which is not the first line: that one is the message, whatever it says. */
function inSql(text: string, fingerprint: string): string {
  const marker = /\n[ \t]*--[ \t]*\+upgrade[ \t]*\r?(?:\n|$)/.exec(text)
  const header = text.slice(0, marker?.index ?? 0)
  return withLine(header, '--', fingerprint) + text.slice(header.length)
}

function inTs(text: string, fingerprint: string): string {
  const given = /^(export const models\b[^=]*=[ \t]*)(['"`])[^'"`]*\2/m
  if (given.test(text))
    return text.replace(given, (_, left, quote) => left + quote + fingerprint + quote)
  const exported = /^export const revision\b[^\r\n]*?(;?)[ \t]*(\r?\n|$)/m
  return exported.test(text)
    ? text.replace(
        exported,
        (line, semicolon, end) => `${line}export const models = '${fingerprint}'${semicolon}${end}`,
      )
    : withLine(text, '//', fingerprint)
}

/** A line of the comment: in place of the one that is there, else below the last key. */
function withLine(text: string, mark: '--' | '//', fingerprint: string): string {
  const lines = text.split('\n')
  const indexOf = (keys: string) => {
    const key = new RegExp(`^\\s*(?:${mark}|/?\\*+)?\\s*(?:${keys}):(?:\\s|$)`)
    return lines.findLastIndex((line, index) => index > 0 && key.test(line))
  }
  const there = indexOf('models')
  const above = indexOf(
    'revision|revises|created|labels|depends-on|transaction|irreversible|compatible|fresh|ledger',
  )
  const model = lines[there === -1 ? above : there] ?? ''
  const [opening = ''] = /^\s*(?:--|\/\/|\*)?\s*/.exec(model) ?? []
  const line = `${opening}models: ${fingerprint}${model.endsWith('\r') ? '\r' : ''}`
  return there === -1
    ? lines.toSpliced(above + 1, 0, line).join('\n')
    : lines.with(there, line).join('\n')
}
