import { hostname } from 'node:os'
import path from 'node:path'
import type { Tables } from '../database/tables.ts'
import { parseUrl } from '../database/url.ts'
import { schemaOf } from '../database/url-parameters.ts'
import { LimbeckError } from '../errors.ts'
import { mountBundle } from '../script/bundle.ts'
import { checkFileTemplate, defaultTemplate } from '../script/file-name.ts'
import { isCodeTool } from '../script/ledger-entry.ts'
import type { AutogenerateOptions } from './autogenerate-options.ts'
import { checkOptions, unreadOptions } from './check-options.ts'
import { filePath } from './file-path.ts'
import type { LedgerConfig } from './ledger-option.ts'
import { optionTable as table } from './option-table.ts'
import type {
  Adopt,
  LimbeckOptions,
  Logger,
  Models,
  PostWriteHook,
  Progress,
  StepHooks,
} from './options.ts'

/** Options after the single validation pass: every default filled in, nothing optional left to guess. */
export interface Config {
  readonly url: string
  readonly password: (() => string | Promise<string>) | undefined
  readonly ssl: LimbeckOptions['ssl']
  readonly role: string | undefined
  /** Absolute folders. */
  readonly folders: readonly string[]
  readonly fileTemplate: string
  readonly timezone: string
  readonly slugLength: number
  readonly postWriteHooks: readonly PostWriteHook[]
  readonly models: Models | undefined
  /** `chain` where there are no models. */
  readonly fresh: 'create' | 'chain'
  readonly casing: 'snake_case' | 'camelCase' | undefined
  readonly autogenerate: AutogenerateOptions
  /** Target schema; where none is given, the connection says which it is, and `public` is where it most likely is. */
  readonly schema: string
  readonly isSchemaGiven: boolean
  readonly tables: Tables
  readonly isVersionSchemaGiven: boolean
  readonly ignoreTables: readonly string[]
  readonly ledger: LedgerConfig | undefined
  readonly adopt: Adopt | undefined
  readonly transaction: 'step' | 'all'
  readonly lockTimeoutMs: number
  readonly lockRetryTimeoutMs: number
  readonly waitTimeoutMs: number
  readonly connectTimeoutMs: number
  readonly applicationVersion: string | undefined
  readonly host: string
  readonly logger: Logger
  readonly signal: AbortSignal | undefined
  readonly hooks: StepHooks
  readonly onProgress: (progress: Progress) => void
  /** What a person says of a CALL or DO that was interrupted; undefined where no person was asked. */
  readonly interrupted?: 'done' | 'again' | undefined
}

const nothing = () => {}
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/** Fills in the defaults and checks what can be checked without a server. Throws LIMBECK_INVALID_OPTION naming the option. */
export function resolveConfig(options: LimbeckOptions): Config {
  checkOptions(options)
  for (const option of unreadOptions(options))
    options.logger?.warn({ option }, `there is no option '${option}'`)
  const url = options.migrationUrl ?? options.url
  if (!url) throw withoutUrl()
  const { parameters } = parseUrl(url, options.migrationUrl === undefined ? 'url' : 'migrationUrl')
  const given = options.schema ?? schemaOf(parameters)
  const schema = checkName('schema', given ?? 'public')
  return {
    url,
    password: options.password,
    ssl: options.ssl,
    role: options.role,
    folders: foldersOf(options),
    ...resolveFileOptions(options),
    models: options.models instanceof URL ? filePath('models', options.models) : options.models,
    fresh: options.models === undefined ? 'chain' : (options.fresh ?? table.fresh.usual),
    casing: options.casing,
    autogenerate: resolveAutogenerate(options.autogenerate),
    schema,
    isSchemaGiven: given !== undefined,
    isVersionSchemaGiven: options.versionSchema !== undefined,
    tables: {
      schema: checkName('versionSchema', options.versionSchema ?? schema),
      version: checkName('versionTable', options.versionTable ?? table.versionTable.usual),
    },
    ignoreTables: options.ignoreTables ?? table.ignoreTables.usual,
    ledger: resolveLedger(options.ledger),
    adopt: options.adopt,
    transaction: options.transaction ?? table.transaction.usual,
    lockTimeoutMs: options.lockTimeout ?? table.lockTimeout.usual,
    lockRetryTimeoutMs: options.lockRetryTimeout ?? table.lockRetryTimeout.usual,
    waitTimeoutMs: options.waitTimeout ?? table.waitTimeout.usual,
    connectTimeoutMs: options.connectTimeout ?? table.connectTimeout.usual,
    applicationVersion: options.applicationVersion,
    host: hostname(),
    logger: options.logger ?? silent,
    signal: options.signal,
    hooks: options.hooks ?? {},
    onProgress: options.onProgress ?? nothing,
  }
}

function withoutUrl(): LimbeckError {
  return new LimbeckError('LIMBECK_INVALID_OPTION', 'option url is missing', {
    hint: 'Say it where the service starts: `{ ...config, url: process.env.DATABASE_URL }`; the command line alone reads DATABASE_URL by itself.',
  })
}

function foldersOf({
  bundle,
  migrations = table.migrations.usual,
}: LimbeckOptions): readonly string[] {
  if (bundle !== undefined) return [mountBundle(bundle)]
  return [migrations].flat().map((folder) => filePath('migrations', folder))
}

function resolveLedger(option: LimbeckOptions['ledger']): LedgerConfig | undefined {
  if (option === undefined) return undefined
  const {
    tool,
    schema,
    table,
    keep = !isCodeTool(tool),
  } = typeof option === 'string' ? { tool: option } : option
  if (keep && isCodeTool(tool))
    throw invalid('ledger', `keeps that of ${tool}`, 'Leave keep out: its ledger is only read.')
  return {
    tool,
    schema: schema === undefined ? schema : checkName('ledger.schema', schema),
    table: table === undefined ? table : checkName('ledger.table', table),
    keep,
  }
}

function resolveAutogenerate({ hints, ...options }: AutogenerateOptions = {}): AutogenerateOptions {
  if (options.shadowUrl !== undefined) parseUrl(options.shadowUrl, 'autogenerate.shadowUrl')
  return { ...options, hints: hints === undefined ? undefined : path.resolve(hints) }
}

/** How new revision files are written. */
type FileOptions = Pick<Config, 'fileTemplate' | 'timezone' | 'slugLength' | 'postWriteHooks'>

function resolveFileOptions({
  fileTemplate = table.fileTemplate.usual,
  timezone = table.timezone.usual,
  slugLength = table.slugLength.usual,
  postWriteHooks = table.postWriteHooks.usual,
}: LimbeckOptions): FileOptions {
  // The defaults are right, and what checks others takes its time to load: every boot comes by here.
  if (fileTemplate !== defaultTemplate) checkFileTemplate(fileTemplate)
  return { fileTemplate, timezone, slugLength, postWriteHooks }
}

/** A name that PostgreSQL can have. Throws LIMBECK_INVALID_OPTION. */
export function checkName(option: string, value: string): string {
  const bytes = Buffer.byteLength(value)
  if (bytes > 0 && bytes <= 63 && !value.includes('\0')) return value
  throw invalid(option, `is ${JSON.stringify(value)}`, 'A PostgreSQL name has 1 to 63 bytes.')
}

function invalid(option: string, fact: string, hint: string): LimbeckError {
  return new LimbeckError('LIMBECK_INVALID_OPTION', `option ${option} ${fact}`, { hint })
}
