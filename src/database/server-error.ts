import { LimbeckError, type LimbeckErrorCode, type LimbeckErrorDetails } from '../errors.ts'

/** What PostgreSQL says of an error; absent fields are absent in its message too. */
export interface ServerError extends Error {
  readonly code: string
  readonly detail?: string
  readonly hint?: string
  readonly position?: string
  readonly severity?: string
}

/** Whether an error is PostgreSQL's own answer (it carries a five-character SQLSTATE and a severity). */
export function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'severity' in error && /^[0-9A-Z]{5}$/.test(codeOf(error))
}

/** The `code` of any error, or ''. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

/** Whether PostgreSQL says that a table or its schema is not there. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === '42P01' || codeOf(error) === '3F000'
}

/** PostgreSQL's own answer behind an error: itself, or what Drizzle or another library wrapped. */
export function serverErrorIn(error: unknown): ServerError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (isServerError(at)) return at
  return undefined
}

/** Whether the driver says that the connection broke, by a code of its own or of the system. */
function isBrokenOff(error: unknown): boolean {
  return /^CONNECTION_|^(?:ECONNRESET|EPIPE)$/.test(codeOf(error))
}

/** Whether an error means that the session is gone: the driver says so, or it was PostgreSQL's last word. */
export function isConnectionLoss(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (isBrokenOff(at)) return true
  return ['FATAL', 'PANIC'].includes(serverErrorIn(error)?.severity ?? '')
}

/** SQLSTATE, DETAIL and HINT as error details. */
export function serverFacts(error: unknown): LimbeckErrorDetails {
  const answer = serverErrorIn(error)
  if (!answer) return { cause: error }
  const { code, detail } = answer
  // PostgreSQL advises DROP … CASCADE, which takes along what was not reviewed; the detail names it.
  const hint =
    code === '2BP01' || /\b(DROP|TRUNCATE) .*CASCADE\b/.test(answer.hint ?? '')
      ? 'Drop what depends on it before, and create it again after; or leave it as it is.'
      : answer.hint
  return {
    cause: error,
    sqlstate: code,
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
  }
}

/** What PostgreSQL says instead of letting a client in: code, message and hint. The server was reached: host and port are right. */
const refusals: Readonly<Record<string, readonly [LimbeckErrorCode, string, string]>> = {
  '28P01': [
    'LIMBECK_AUTHENTICATION_FAILED',
    'PostgreSQL refused the password',
    'Check user and password of the URL, or what the password function returns.',
  ],
  '28000': [
    'LIMBECK_AUTHENTICATION_FAILED',
    'PostgreSQL refused the role',
    'Check the user of the URL and pg_hba.conf.',
  ],
  '3D000': [
    'LIMBECK_DATABASE_MISSING',
    'the database does not exist',
    'Create it (createdb), or correct the name in the URL.',
  ],
  '42501': [
    'LIMBECK_PERMISSION_DENIED',
    'PostgreSQL refused the role',
    'Let the owner of the database grant CONNECT on it to the user of the URL.',
  ],
  '53300': [
    'LIMBECK_CONNECTION_FAILED',
    'PostgreSQL has no connection left',
    'Close some (smaller pools, a pooler), or raise max_connections, or the CONNECTION LIMIT of the role or database.',
  ],
  '55000': [
    'LIMBECK_CONNECTION_FAILED',
    'PostgreSQL refused the connection',
    'Name another database in the URL, or let this one take connections: ALTER DATABASE … ALLOW_CONNECTIONS true.',
  ],
}

/** For what the server says besides: it starts up or shuts down, or a pooler speaks for it. */
const refused = [
  'LIMBECK_CONNECTION_FAILED',
  'PostgreSQL refused the connection',
  'The server was reached and gave this reason: see its log, or try again once it is up (connectTimeout).',
] as const

const unreached = [
  'LIMBECK_CONNECTION_FAILED',
  'cannot connect to PostgreSQL',
  'Check host and port of the URL, and that the server is up.',
] as const

/** Why connecting failed, by code: LIMBECK_AUTHENTICATION_FAILED, _DATABASE_MISSING, _PERMISSION_DENIED or _CONNECTION_FAILED. */
export function connectError(error: unknown, where: string): LimbeckError {
  const [code, message, hint] =
    refusals[codeOf(error)] ?? (isServerError(error) ? refused : unreached)
  const special = parameterRefused(error) ?? tlsRefused(error, where)
  if (special) return special
  const root = error instanceof LimbeckError ? (error.cause ?? error) : error
  const reason = root instanceof Error ? root.message || codeOf(root) : String(root)
  return new LimbeckError(code, `${message} (${where}): ${reason}`, { ...serverFacts(root), hint })
}

/** The server knows no such setting: it came out of the URL. */
function parameterRefused(error: unknown): LimbeckError | undefined {
  const { message = '' } = (serverErrorIn(error) ?? {}) as { message?: string }
  const name =
    /unrecognized configuration parameter "([^"]*)"/.exec(message)?.[1] ??
    /unsupported startup parameter: (\S+)/.exec(message)?.[1]
  if (name === undefined) return undefined
  return new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    `the URL has the parameter "${name}", which the server does not take`,
    { ...serverFacts(error), hint: 'Leave it out of the URL, or correct its name.' },
  )
}

const hintsOfTls: readonly (readonly [RegExp, string])[] = [
  [/^NO_TLS$/, 'Switch TLS on at the server, or write sslmode=disable (or prefer) into the URL.'],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'Connect by a name that the certificate holds, or write sslmode=verify-ca to check the authority alone.',
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_(?:SSL|TLS|OSSL)/,
    'Name the file of the authority: sslrootcert=/path/ca.pem (or NODE_EXTRA_CA_CERTS); a client certificate with sslcert and sslkey.',
  ],
]

/** Why TLS was not agreed upon. */
function tlsRefused(error: unknown, where: string): LimbeckError | undefined {
  const hint = hintsOfTls.find(([code]) => code.test(codeOf(error)))?.[1]
  if (hint === undefined || isServerError(error)) return undefined
  const { message } = error as Error
  return new LimbeckError(
    'LIMBECK_CONNECTION_FAILED',
    `cannot connect to PostgreSQL (${where}): TLS: ${message}`,
    { cause: error, hint },
  )
}

/** Errors of connecting that time may mend: no server listens yet, starting up, out of connections, DNS. */
export function isTransient(error: unknown): boolean {
  return /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|57P03|53300|57P01|CONNECT_TIMEOUT|CONNECTION_CLOSED|LIMBECK_CONNECTION_LOST|LIMBECK_CONNECTION_FAILED)$/.test(
    codeOf(error),
  )
}
