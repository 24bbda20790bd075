import { LimbeckError } from '../errors.ts'

/** Read by Limbeck itself; what is in none of these lists goes to the server as a setting. */
const honoured = [
  ...['sslmode', 'ssl', 'sslrootcert', 'sslcert', 'sslkey', 'sslpassword', 'sslnegotiation'],
  ...['ssl_min_protocol_version', 'ssl_max_protocol_version', 'channel_binding'],
  ...['target_session_attrs', 'connect_timeout', 'application_name', 'schema', 'currentSchema'],
]

/** Of the pool or the protocol of an application; one connection has no use for them. */
const idle = [
  ...['max', 'idle_timeout', 'max_lifetime', 'max_pipeline', 'backoff', 'keep_alive', 'prepare'],
  ...['debug', 'fetch_types', 'publications', 'fallback_application_name', 'uselibpqcompat'],
  ...['keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'sslcompression'],
  ...['tcp_user_timeout', 'sslsni', 'connection_limit', 'pool_timeout', 'pool_size'],
  ...['socket_timeout', 'statement_cache_size', 'pgbouncer'],
]

const leaveOut = 'Leave it out of the URL.'
/** Parameters of other tools and of libpq that nothing here can honour, each with what to write instead. */
const refused: Readonly<Record<string, string>> = {
  sslaccept: 'Write sslmode=require or sslmode=verify-full.',
  sslidentity: 'Write sslcert and sslkey, with the paths of PEM files.',
  ssl_ca: 'Write sslrootcert.',
  sslcrl: 'Set the option ssl: { crl }.',
  sslcrldir: 'Set the option ssl: { crl }.',
  hostaddr: 'Write the address as the host.',
  service: 'Write host, user and database into the URL.',
  servicefile: 'Write host, user and database into the URL.',
  passfile: 'Write the password into the URL, or give the option password.',
  gsslib: leaveOut,
  krbsrvname: leaveOut,
  gssdelegation: leaveOut,
  require_auth: leaveOut,
  requirepeer: leaveOut,
  supa: leaveOut,
  workaround: leaveOut,
  encoding: leaveOut,
  charset: leaveOut,
}

/** Those that are honoured with some of their values only. */
const limited: Readonly<Record<string, readonly [readonly string[], string]>> = {
  channel_binding: [
    ['prefer', 'disable'],
    'Write channel_binding=prefer, or leave it out: the driver has no channel binding. sslmode=verify-full proves who the server is.',
  ],
  gssencmode: [['disable', 'prefer'], 'Leave it out: the driver has no GSSAPI.'],
  load_balance_hosts: [['disable'], 'Leave it out: hosts are tried in their order.'],
  client_encoding: [
    ['auto', 'utf8', 'utf-8', 'unicode'],
    'Leave it out: the driver speaks UTF-8 only.',
  ],
  sslmode: [
    ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'],
    'Write disable, prefer, require, verify-ca or verify-full.',
  ],
  ssl: [
    ['true', 'false', 'disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'],
    'Write sslmode=require or sslmode=verify-full.',
  ],
  sslnegotiation: [['postgres', 'direct'], 'Write postgres or direct.'],
  target_session_attrs: [
    ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'],
    'Write any, primary, read-write, standby, read-only or prefer-standby.',
  ],
}

/** Throws LIMBECK_INVALID_OPTION for what cannot be honoured, by its name: nothing that a URL asks for is dropped. */
export function checkParameters(parameters: ReadonlyMap<string, string>, option: string): void {
  for (const [name, value] of parameters) {
    const hint = refused[name]
    if (hint !== undefined && Object.hasOwn(refused, name))
      throw invalid(`${option} has the parameter "${name}", which is not one of PostgreSQL's`, hint)
    const limits = Object.hasOwn(limited, name) ? limited[name] : undefined
    // As libpq tells apart: what is taken here in another spelling would mean something else where it is used.
    const spelled = name === 'client_encoding' ? value.toLowerCase() : value
    if (limits && !limits[0].includes(spelled))
      throw invalid(`${option} has a value of "${name}" that cannot be honoured`, limits[1])
  }
}

/** The target schema, as Prisma and JDBC have it in a URL; of several the first. */
export function schemaOf(parameters: ReadonlyMap<string, string>): string | undefined {
  const named = parameters.get('schema') ?? parameters.get('currentSchema')
  return named?.split(',')[0] || undefined
}

/** What is left: settings of the session, which the server takes or refuses. */
export function settingsOf(parameters: ReadonlyMap<string, string>): Record<string, string> {
  const ours = [...honoured, ...idle, ...Object.keys(limited)]
  return Object.fromEntries([...parameters].filter(([name]) => !ours.includes(name)))
}

function invalid(message: string, hint: string): LimbeckError {
  return new LimbeckError('LIMBECK_INVALID_OPTION', message, { hint })
}
