import { LimbeckError } from '../../errors.ts'
import type { Paint } from '../paint.ts'
import { shortPath } from './format.ts'

/** `LIMBECK_CODE: message`, then what is known of the location and what to do, a line each. */
export function formatError(error: unknown, paint: Paint, cwd: string): string {
  if (!(error instanceof LimbeckError)) return formatBug(error, paint)
  const { details, code, message, page } = error
  const line = (title: string, value: string | undefined) =>
    value ? [`  ${paint('faint', `${title}:`)} ${value.trim().replaceAll('\n', '\n    ')}`] : []
  const suffix = details.line === undefined ? '' : `:${details.line}`
  return [
    `${paint('bad', code)}: ${message.replaceAll('\n', '\n  ')}`,
    ...line('at', details.file && `${shortPath(details.file, cwd)}${suffix}`),
    ...line('statement', details.statement && shorten(details.statement)),
    ...line('sqlstate', details.sqlstate),
    ...line('detail', details.detail),
    ...line('sql', details.sql && shorten(details.sql, longestScript, '--json has them')),
    ...line('done before it', details.applied?.join(', ')),
    ...line('hint', details.hint),
    ...line('page', page),
  ].join('\n')
}

/** What `--json` prints for a failure. */
export function errorDocument(error: unknown): object {
  return error instanceof LimbeckError
    ? { error: error.toJSON() }
    : {
        error: { code: 'UNEXPECTED', message: error instanceof Error ? error.message : `${error}` },
      }
}

/** A failure that has no code is a defect: its stack is what a report needs. */
function formatBug(error: unknown, paint: Paint): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${paint('bad', 'Unexpected error, please report it')}: ${text}`
}

const longestScript = 60

function shorten(sql: string, longest = 8, where = ''): string {
  const lines = sql.trim().split('\n')
  if (lines.length <= longest) return sql
  const more = [`${lines.length - longest} more lines`, ...(where === '' ? [] : [where])].join('; ')
  return [...lines.slice(0, longest), `… (${more})`].join('\n')
}
