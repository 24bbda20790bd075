import { readFileSync } from 'node:fs'
import net from 'node:net'
import tls from 'node:tls'
import { LimbeckError } from '../../errors.ts'

/** What postgres.js takes as `ssl`. */
export type SslOption = boolean | string | tls.ConnectionOptions

/** Whether and how a connection is encrypted. */
export interface TlsTarget {
  /** `prefer` goes on without where the server has none. */
  readonly mode: 'disable' | 'prefer' | 'require'
  /** TLS from the first byte (PostgreSQL 17 and later). */
  readonly isDirect: boolean
  readonly options: tls.ConnectionOptions
}

const off: TlsTarget = { mode: 'disable', isDirect: false, options: {} }

/**
 * The `ssl` option as postgres.js understands it, or else libpq's parameters of the URL. Reads the certificate files.
 * Throws LIMBECK_INVALID_OPTION naming the parameter.
 */
export function tlsTarget(
  option: SslOption | undefined,
  parameters: ReadonlyMap<string, string>,
): TlsTarget {
  if (typeof option === 'object') return { ...off, mode: 'require', options: option }
  const given = option === undefined ? parameters.get('sslmode') : String(option)
  const files = ['sslrootcert', 'sslcert', 'sslkey'].filter((name) => parameters.get(name))
  const asked = given ?? parameters.get('ssl') ?? (parameters.get('sslrootcert') && 'verify-full')
  if (asked === undefined || asked === 'disable' || asked === 'false') {
    if (files.length === 0 || asked !== undefined) return off
    throw invalid(files[0] ?? '', 'says nothing without sslmode', 'Add sslmode=verify-full.')
  }
  const isDirect = parameters.get('sslnegotiation') === 'direct'
  const weak = asked === 'prefer' || asked === 'allow'
  if (isDirect && weak)
    throw invalid('sslnegotiation', 'needs TLS for certain', 'Add sslmode=require.')
  return {
    mode: weak ? 'prefer' : 'require',
    isDirect,
    options: {
      ...certificates(parameters),
      ...protocols(parameters),
      ...verification(asked, parameters.get('sslrootcert')),
      ...(isDirect ? { ALPNProtocols: ['postgresql'] } : {}),
    },
  }
}

/** libpq's levels: `require` trusts any certificate unless it is told an authority. */
function verification(mode: string, root: string | undefined): tls.ConnectionOptions {
  if (root === 'system') return {}
  if (mode === 'verify-ca' || (mode === 'require' && root))
    return { checkServerIdentity: () => undefined }
  return /^(?:require|prefer|allow)$/.test(mode) ? { rejectUnauthorized: false } : {}
}

function certificates(parameters: ReadonlyMap<string, string>): tls.ConnectionOptions {
  const read = (name: string) => {
    const file = parameters.get(name)
    if (!file) return undefined
    try {
      return readFileSync(file)
    } catch (cause) {
      const { message } = cause as Error
      throw invalid(name, `names a file that cannot be read: ${message}`, 'Correct the path.')
    }
  }
  const isSystem = parameters.get('sslrootcert') === 'system'
  const [ca, cert, key] = [
    isSystem ? undefined : read('sslrootcert'),
    read('sslcert'),
    read('sslkey'),
  ]
  const passphrase = parameters.get('sslpassword')
  return {
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(passphrase ? { passphrase } : {}),
  }
}

function protocols(parameters: ReadonlyMap<string, string>): tls.ConnectionOptions {
  const version = (name: string) => {
    const value = parameters.get(name)
    if (value === undefined) return undefined
    if (/^TLSv1(?:\.[123])?$/.test(value)) return value as tls.SecureVersion
    throw invalid(name, 'has a value that is not a version of TLS', 'Write TLSv1.2 or TLSv1.3.')
  }
  const [min, max] = [version('ssl_min_protocol_version'), version('ssl_max_protocol_version')]
  return { ...(min ? { minVersion: min } : {}), ...(max ? { maxVersion: max } : {}) }
}

const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/** Asks the server for TLS on a socket that is connected. Rejects with an error that says what is missing. */
export async function secure(
  socket: net.Socket,
  host: string,
  target: TlsTarget,
): Promise<net.Socket> {
  if (target.mode === 'disable') return socket
  if (!target.isDirect && !(await serverAgrees(socket))) {
    if (target.mode === 'prefer') return socket
    socket.destroy()
    throw noTls('the server has no TLS, and the URL (sslmode) or the option ssl asks for it')
  }
  return await new Promise((resolve, reject) => {
    const encrypted = tls.connect({
      socket,
      ...(net.isIP(host) ? {} : { servername: host }),
      // An address is not sent as a name, and yet it is what the certificate has to say.
      host,
      ...target.options,
    })
    const failed = (error: Error) => {
      encrypted.destroy()
      reject(error)
    }
    encrypted.once('error', failed)
    encrypted.once('secureConnect', () => {
      encrypted.off('error', failed)
      resolve(encrypted)
    })
  })
}

/** Waiting makes no TLS: this is not tried again. */
const noTls = (message: string) => Object.assign(new Error(message), { code: 'NO_TLS' })

function serverAgrees(socket: net.Socket): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const closed = () =>
      reject(Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' }))
    const answered = (bytes: Buffer) => {
      socket.off('error', reject).off('close', closed)
      // More than one byte here would be taken for an encrypted answer.
      if (bytes.length === 1 && (bytes[0] === 83 || bytes[0] === 78)) resolve(bytes[0] === 83)
      else reject(noTls('the server does not answer a request for TLS as PostgreSQL does'))
    }
    socket.once('data', answered).once('error', reject).once('close', closed)
    socket.write(sslRequest)
  })
}

function invalid(name: string, fact: string, hint: string): LimbeckError {
  return new LimbeckError('LIMBECK_INVALID_OPTION', `parameter ${name} of the URL ${fact}`, {
    hint,
  })
}
