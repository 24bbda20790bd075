import { LimbeckError } from '../errors.ts'

/** Checks a PostgreSQL URL. Throws LIMBECK_INVALID_OPTION naming `option`, never showing the URL's password. */
export function checkUrl(url: string, option: string): void {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]
  if (scheme !== 'postgres' && scheme !== 'postgresql')
    throw invalid(
      `${option} is not a PostgreSQL URL: it starts with ${scheme ? `"${scheme}://"` : 'no scheme'}`,
    )
  if (!URL.canParse(oneHost(driverTarget(url).url)))
    throw invalid(
      `${option} is not a URL: special characters of user and password must be percent-encoded`,
    )
}

/** What postgres.js is given: it has no word for a Unix socket in a URL, and takes a database's name as it stands there. */
export interface DriverTarget {
  readonly url: string
  /** Folder of the socket. */
  readonly host?: string
  readonly port?: number
  /** Its name, where the URL has it percent-encoded. */
  readonly database?: string
}

/** Takes libpq's way to name a Unix socket, `?host=/var/run/postgresql`, out of the URL. */
export function driverTarget(url: string): DriverTarget {
  const [base = '', query = ''] = url.split('?', 2)
  const params = new URLSearchParams(query)
  const host = params.get('host')
  const parts = /^(\w+:\/\/(?:[^/@]*@)?)[^/]*(.*)$/s.exec(base)
  const database = encodedDatabase(base)
  if (!host?.startsWith('/') || !parts) return { url, ...database }
  const port = Number(params.get('port') ?? 5432)
  params.delete('host')
  params.delete('port')
  return { url: `${parts[1]}localhost${parts[2]}?${params}`, host, port, ...database }
}

function encodedDatabase(base: string): { readonly database?: string } {
  const [, name = ''] = /^\w+:\/\/[^/]*\/(.*)$/s.exec(base) ?? []
  try {
    return name.includes('%') ? { database: decodeURIComponent(name) } : {}
  } catch {
    return {}
  }
}

/** The URL of another database on the same server. */
export function urlOfDatabase(url: string, name: string): string {
  const parts = /^(\w+:\/\/[^/?]*)(?:\/[^?]*)?(\?.*)?$/s.exec(url)
  return parts ? `${parts[1]}/${encodeURIComponent(name)}${parts[2] ?? ''}` : url
}

/** Host, port and database of a URL: what an error may show of it. */
export function place(url: string): string {
  const parsed = /^\w+:\/\/(?:[^/@]*@)?([^/?]*)(\/[^?]*)?/.exec(url)
  return parsed ? `${parsed[1]}${parsed[2] ?? ''}` : 'as configured'
}

// URL knows no lists of hosts; postgres.js does.
const oneHost = (url: string) => url.replace(/,[^/?@]*(?=[/?]|$)/, '')

function invalid(message: string): LimbeckError {
  return new LimbeckError('LIMBECK_INVALID_OPTION', message, {
    hint: 'Write it as postgres://user:password@host:5432/database.',
  })
}
