import { LimbeckError } from '../errors.ts'
import { namesRevision } from './header.ts'

/** `<id>_<slug>`. */
export const defaultTemplate = '%(rev)s_%(slug)s'

/** How a revision file is named; every field may be left out. */
export interface FileNameOptions {
  /** `sql` unless given. */
  readonly kind?: 'sql' | 'ts'
  /** Alembic's file_template: `%(rev)s_%(slug)s` unless given; also `%(year)d`, `%(month).2d` … `%(epoch)s`. */
  readonly template?: string
  /** Longest slug before it is cut back to a whole word; 40 unless given. */
  readonly slugLength?: number
  /** ISO 8601 date that the date tokens show, in the time zone it is written in. */
  readonly created?: string
}

/**
 * The name of a revision's file, without folder: `<id>_<slug>.sql`, or `<id>.sql` without a message.
 * Throws LIMBECK_ILLEGAL_REVISION for an id that cannot stand in a file name, LIMBECK_INVALID_OPTION for a
 * template without the id, with an unknown token or with a folder in it.
 */
export function fileName(id: string, message: string, options: FileNameOptions = {}): string {
  const { kind = 'sql', template = defaultTemplate, slugLength = 40, created } = options
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}\p{M}_.-]*$/u.test(id)) {
    throw illegalId(id, 'cannot stand in a file name')
  }
  const slug = slugOf(message, slugLength)
  const tokens: Readonly<Record<string, string>> = { rev: id, slug, ...dateTokens(created) }
  // Taken from an alembic.ini, every `%` is doubled.
  const name = template.replace(/%?%\((\w+)\)(?:\.?(\d+))?[sd]/g, (token, word, width) => {
    const value = Object.hasOwn(tokens, word) ? tokens[word] : undefined
    if (value === undefined) throw badTemplate(template, `it has the unknown token ${token}`)
    return value.padStart(Number(width ?? 0), '0')
  })
  if (/[\\/\0]|^\.|%/.test(name)) throw badTemplate(template, `it makes the name "${name}"`)
  // Without a slug no separator shall dangle, as in `<id>_`; an id may end in one itself.
  const short = name.replace(/[_-]+$/, '')
  const stem = slug === '' && namesRevision(short, id) ? short : name
  if (!namesRevision(stem, id)) {
    throw badTemplate(template, 'it does not hold %(rev)s as a word of its own')
  }
  if (Buffer.byteLength(stem) > longest) throw tooLong(id, stem)
  return `${stem}.${kind}`
}

/** Throws LIMBECK_INVALID_OPTION for a template that no file could be named by, as `fileName` would. */
export function checkFileTemplate(template: string): void {
  fileName('0123456789ab', 'message', { template, created: '2026-11-21T02:03:04Z' })
}

/** The words of a message, lower case, joined by `_` and cut back to whole words at `length`. */
export function slugOf(message: string, length = 40): string {
  const words = message.normalize('NFC').match(/[\p{L}\p{N}\p{M}_]+/gu) ?? []
  const slug = [...words.join('_').toLowerCase()]
  if (slug.length <= length) return slug.join('')
  const cut = slug.slice(0, length).join('')
  return cut.slice(0, cut.includes('_') ? cut.lastIndexOf('_') : undefined)
}

// Digits are taken as written, so that the name shows the time zone the caller has chosen.
function dateTokens(created: string | undefined): Readonly<Record<string, string>> {
  const [year, month, day, hour = '00', minute = '00', second = '00'] = created?.match(/\d+/g) ?? []
  if (created === undefined || year === undefined || month === undefined || day === undefined) {
    return {}
  }
  const numbers = { year, month, day, hour, minute, second, epoch: Date.parse(created) / 1000 }
  // Python's `%(month)d` is a number: only a width puts zeros before it.
  return Object.fromEntries(
    Object.entries(numbers).map(([word, value]) => [word, String(Math.floor(Number(value)))]),
  )
}

function illegalId(id: string, reason: string): LimbeckError {
  return new LimbeckError(
    'LIMBECK_ILLEGAL_REVISION',
    `the revision id ${JSON.stringify(id)} ${reason}`,
    { revision: id, hint: 'Use letters, digits, underscores and dots.' },
  )
}

/** Bytes that file systems allow, but for the extension. */
const longest = 250

function tooLong(id: string, stem: string): LimbeckError {
  if (Buffer.byteLength(id) > longest) return illegalId(id, 'is too long for a file name')
  return new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    `the file name ${stem.slice(0, 40)}… would have more than ${longest} bytes`,
    { revision: id, hint: 'Shorten slugLength, fileTemplate, the message or the id.' },
  )
}

function badTemplate(template: string, reason: string): LimbeckError {
  return new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    `option fileTemplate is "${template}", which cannot be used: ${reason}`,
    {
      hint: 'Use %(rev)s, %(slug)s, %(epoch)s, %(year)d, %(month).2d, %(day).2d, %(hour).2d, %(minute).2d, %(second).2d, and no folders.',
    },
  )
}
