import { LimbeckError } from '../errors.ts'
import { checkParameters } from './url-parameters.ts'

/** One server of a URL; a name of undefined leaves it to PGHOST. */
export type Endpoint =
  | { readonly host: string | undefined; readonly port: number | undefined }
  | { readonly path: string }

/** What a PostgreSQL URL says, decoded. */
export interface ServerUrl {
  /** At least one, in the order in which they are tried. */
  readonly endpoints: readonly Endpoint[]
  readonly user: string | undefined
  readonly password: string | undefined
  readonly database: string | undefined
  /** Without those that are read into the fields above. */
  readonly parameters: ReadonlyMap<string, string>
}

const form = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?$/is

/**
 * Reads a URL by the rules of the WHATWG, with libpq's sockets and lists of hosts. Whatever reads or shows a URL goes
 * through here. Throws LIMBECK_INVALID_OPTION that names `option` and the character in the way, and never shows the
 * URL: where a character makes it ambiguous, any part of it may belong to the password.
 */
export function parseUrl(text: string, option: string): ServerUrl {
  const url = text.replace(/^[\p{Cc} ]+|[\p{Cc} ]+$/gu, '')
  if (url === '')
    throw invalid(`${option} is empty`, 'Write it as postgres://user:password@host:5432/database.')
  if (/^["'`]/.test(url))
    throw invalid(
      `${option} begins with a quotation mark`,
      'Write it without quotation marks: what reads environment files for a container keeps them as a part of the value.',
    )
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]
  if (scheme === undefined || !/^postgres(?:ql)?$/i.test(scheme))
    throw invalid(
      `${option} is not a PostgreSQL URL: it starts with ${scheme ? `"${scheme}://"` : 'no scheme'}`,
      'Write it as postgres://user:password@host:5432/database.',
    )
  refuseAmbiguous(url, option)
  const [, , authority = '', path = '', query = ''] = form.exec(url) ?? []
  const at = authority.lastIndexOf('@')
  const [user, password] = splitOnce(authority.slice(0, Math.max(at, 0)), ':')
  const decoded = (part: string | undefined) => part && decode(part, option)
  const parameters = readParameters(query, option)
  const take = (name: string) => {
    const value = parameters.get(name)
    parameters.delete(name)
    return value === '' ? undefined : value
  }
  const [hosts, ports] = [take('host'), take('port')]
  const result = {
    endpoints:
      hosts === undefined
        ? readHosts(authority.slice(at + 1), ports, option)
        : fromLists(hosts, ports ?? authority.slice(at + 1).split(':')[1], option),
    user: take('user') ?? (decoded(user) || undefined),
    password: take('password') ?? (decoded(password) || undefined),
    database: take('dbname') ?? (decoded(path.slice(1)) || undefined),
    parameters,
  }
  checkParameters(parameters, option)
  return result
}

/** Host, port and database: all that may ever be shown of a URL. */
export function serverName(url: string): string {
  let parsed: ServerUrl
  try {
    parsed = parseUrl(url, 'url')
  } catch {
    return 'as configured'
  }
  const { endpoints, database } = parsed
  const path = database === undefined ? '' : `/${encodeURIComponent(database)}`
  return `${endpoints.map(endpointText).join(',')}${path}` || 'by PGHOST and PGPORT'
}

/** `host:port`, or the folder of a socket. */
export function endpointText(endpoint: Endpoint): string {
  if ('path' in endpoint) return endpoint.path.replace(/\/\.s\.PGSQL\.\d+$/, '')
  const { host = '', port } = endpoint
  return `${host.includes(':') ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}`
}

/** The URL of another database on the same server. */
export function urlOfDatabase(url: string, name: string): string {
  const parts = /^(\w+:\/\/[^/?]*)(?:\/[^?]*)?(\?.*)?$/s.exec(url.trim())
  if (!parts) return url
  const query = parts[2]?.replace(/([?&])dbname=[^&]*(?:&|$)/, '$1').replace(/[?&]$/, '')
  return `${parts[1]}/${encodeURIComponent(name)}${query ?? ''}`
}

/** A slash, a question mark or a number sign of a password ends it too early: then an `@` follows. */
function refuseAmbiguous(url: string, option: string): void {
  if (/\p{Cc}/u.test(url))
    throw unencoded(option, 'a line break, a tab or another control character')
  if (url.includes('#')) throw unencoded(option, '"#"', 'Write it as %23.')
  const start = url.indexOf('://') + 3
  const end = start + url.slice(start).search(/[/?]|$/)
  if (url.includes('@', end))
    throw unencoded(
      option,
      `"${url[end]}" before an "@"`,
      `In user and password write "${url[end]}" as ${encodeURIComponent(url[end] ?? '')}; behind the host write "@" as %40.`,
    )
  if (/%(?![0-9a-f]{2})/i.test(url)) throw unencoded(option, '"%"', 'Write it as %25.')
}

function unencoded(option: string, what: string, hint?: string): LimbeckError {
  return invalid(
    `${option} holds ${what}, which is not percent-encoded`,
    hint ?? 'Encode it in user and password (encodeURIComponent), or take it out.',
  )
}

function readParameters(query: string, option: string): Map<string, string> {
  const pairs = query.split('&').filter((pair) => pair !== '')
  return new Map(
    pairs.map((pair) => {
      const [name, value = ''] = splitOnce(pair, '=')
      // As URLSearchParams: a plus is a space.
      const text = (part: string) => decode(part.replaceAll('+', ' '), option)
      return [text(name), text(value)]
    }),
  )
}

/** `one:5432,[::1],%2Ftmp` */
function readHosts(text: string, ports: string | undefined, option: string): readonly Endpoint[] {
  return text.split(',').map((each) => {
    const [, bracketed, plain = '', port] =
      /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/s.exec(each) ?? []
    if (bracketed === undefined && plain === '' && each !== '' && !each.startsWith(':'))
      throw invalid(
        `${option} has a host that cannot be read`,
        'An IPv6 address stands in brackets: [::1]. In the password write ":" as %3A and "@" as %40.',
      )
    return endpoint(bracketed ?? decode(plain, option), port || ports, option)
  })
}

/** libpq's `host=a,b` and `port=1,2`: one port for all, or one for each. */
function fromLists(hosts: string, ports: string | undefined, option: string): readonly Endpoint[] {
  const each = ports?.split(',') ?? []
  return hosts.split(',').map((host, index) => {
    const port = each.length > 1 ? each[index] : each[0]
    return endpoint(host.replace(/^\[(.*)\]$/s, '$1'), port, option)
  })
}

function endpoint(host: string, text: string | undefined, option: string): Endpoint {
  const port = text === undefined || text === '' ? undefined : Number(text)
  if (port !== undefined && !(/^\d+$/.test(text ?? '') && port > 0 && port < 65_536))
    throw invalid(
      `${option} has a port that is not a number from 1 to 65535`,
      'In user and password write ":" as %3A, "/" as %2F, "?" as %3F and "@" as %40.',
    )
  if (host.startsWith('/') || host.startsWith('@'))
    return { path: `${host.replace(/\/+$/, '')}/.s.PGSQL.${port ?? 5432}` }
  if (/[\s<>\\^`{|}"/?#@%]/.test(host))
    throw invalid(`${option} has a host that cannot be one`, 'Give a name or an address.')
  return { host: host === '' ? undefined : host, port }
}

function decode(text: string, option: string): string {
  try {
    const decoded = decodeURIComponent(text)
    if (!decoded.includes('\0')) return decoded
  } catch {
    // What is not UTF-8 is refused below.
  }
  throw invalid(
    `${option} has bytes behind "%" that are not UTF-8 text`,
    'Encode user, password and database with encodeURIComponent.',
  )
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function invalid(message: string, hint: string): LimbeckError {
  return new LimbeckError('LIMBECK_INVALID_OPTION', message, { hint })
}
