import type { FleetOptions } from '../config/fleet-options.ts'
import { type Config, checkName } from '../config/resolve-config.ts'
import { withConnection } from '../database/connection.ts'
import type { VersionState } from '../database/read-state.ts'
import { parseUrl, serverName, urlOfDatabase } from '../database/url.ts'
import { schemaOf } from '../database/url-parameters.ts'
import { LimbeckError } from '../errors.ts'
import { explained, target } from '../session/session.ts'

/** One schema or database that is to be migrated, and the configuration that leads there. */
export interface Member {
  readonly name: string
  readonly config: Config
  /** What the first query found, where there was one. */
  readonly state?: VersionState
  /** A peer was at it; now there is nothing else left to do. */
  readonly patient: boolean
}

/** The members, each once, in the order of their list. */
export interface FleetList {
  /** All are schemas of the configured database: one connection serves one after the other. */
  readonly isShared: boolean
  readonly members: readonly Member[]
}

/** Asks for the list. Throws LIMBECK_INVALID_OPTION where there is not exactly one, or a name or URL cannot be one. */
export async function listMembers(config: Config, options: FleetOptions): Promise<FleetList> {
  const { schemas = [], databases = [], urls = [] } = options
  const kind = kindOf(options)
  if (kind === 'schemas')
    return { isShared: true, members: listed(config, await namesIn(config, schemas), inSchema) }
  const members =
    kind === 'databases'
      ? listed(config, await namesIn(config, databases), inDatabase)
      : listed(config, typeof urls === 'function' ? await urls() : urls, atUrl)
  return { isShared: false, members }
}

function kindOf(options: FleetOptions): 'schemas' | 'databases' | 'urls' {
  const kinds = (['schemas', 'databases', 'urls'] as const).filter((each) => options[each])
  const [kind, ...others] = kinds
  if (kind === undefined)
    throw invalid('nothing says which schemas or databases the fleet has', oneList)
  if (others.length > 0) throw invalid(`the fleet is given by ${kinds.join(' and ')}`, oneList)
  return kind
}

const oneList = 'Give one of schemas, databases and urls.'

type Configure = (config: Config, name: string) => Config

function listed(config: Config, names: readonly string[], configure: Configure): readonly Member[] {
  const members = names.map((each): [string, Member] => {
    const own = configure(config, each)
    const name = configure === atUrl ? nameOf(each) : each
    return [name, { name, config: { ...own, ...told(config, name) }, patient: false }]
  })
  return [...new Map(members).values()]
}

function inSchema(config: Config, schema: string): Config {
  if (config.tables.schema !== config.schema)
    throw invalid(
      'option versionSchema would have all schemas of the fleet share one version table',
      'Leave it out: each schema has its own.',
    )
  return {
    ...config,
    schema: checkName('schemas', schema),
    isSchemaGiven: true,
    tables: { ...config.tables, schema },
  }
}

function inDatabase(config: Config, name: string): Config {
  return { ...config, url: urlOfDatabase(config.url, checkName('databases', name)) }
}

function atUrl(config: Config, url: string): Config {
  const schema = schemaOf(parseUrl(url, 'urls').parameters)
  if (schema === undefined) return { ...config, url }
  const tables = config.isVersionSchemaGiven ? config.tables : { ...config.tables, schema }
  return { ...config, url, schema: checkName('urls', schema), isSchemaGiven: true, tables }
}

function nameOf(url: string): string {
  const schema = schemaOf(parseUrl(url, 'urls').parameters)
  return `${serverName(url)}${schema === undefined ? '' : ` ${schema}`}`
}

/** Every line of the log says whose it is; of the progress only waiting is news beside the fleet's own. */
function told(
  { logger, onProgress }: Config,
  member: string,
): Pick<Config, 'logger' | 'onProgress'> {
  const log = (level: keyof typeof logger) => (facts: object, message: string) =>
    logger[level]({ member, ...facts }, message)
  return {
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    onProgress: (progress) => {
      if (progress.state === 'waiting') onProgress(progress)
    },
  }
}

/** A list as it is, or what the query finds. */
async function namesIn(config: Config, list: readonly string[] | string) {
  if (typeof list !== 'string') return list
  return await withConnection(target(config), 'SELECT 1', async ({ query }) => {
    const rows = await query(list).catch((error: unknown) => {
      throw explained(config, error)
    })
    return rows.map((row) => {
      const [name] = Object.values(row)
      if (typeof name === 'string') return name
      throw invalid(
        `the query for the fleet returned ${JSON.stringify(name)} where a name should be`,
        'Select one column of names.',
      )
    })
  })
}

const invalid = (message: string, hint: string) =>
  new LimbeckError('LIMBECK_INVALID_OPTION', message, { hint })
