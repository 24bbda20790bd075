import { defaultTemplate } from '../script/file-name.ts'
import { ledgerTools } from '../script/ledger-entry.ts'
import type { AutogenerateOptions } from './autogenerate-options.ts'
import type { FleetOptions } from './fleet-options.ts'
import {
  abortSignal,
  callable,
  either,
  excluded,
  group,
  type Kind,
  logger,
  milliseconds,
  object,
  oneOf,
  paths,
  postWriteHooks,
  secret,
  text,
  texts,
  timeZone,
  truth,
  whole,
} from './kinds.ts'
import type { BootOptions } from './options.ts'

/** What is known of an option besides what its type says to the compiler. */
export interface OptionRow<T = unknown> {
  readonly kind: Kind
  /** Where nothing is given; without it there is none, or it depends on others. */
  readonly usual?: T
  /** All that it may be, where that is a few words. */
  readonly words?: readonly T[]
  /** Who alone uses it; without it everybody does. The plugin's may not stand in a configuration file. */
  readonly of?: 'boot' | 'commands' | 'plugin'
}

const word = <const W extends readonly [string, ...string[]]>(...words: W) => ({
  kind: oneOf(...words),
  /** The first is what is taken where nothing is given. */
  usual: words[0] as W[0],
  words: words as readonly W[number][],
})

/** Of the group `autogenerate`. */
const autogenerateKinds: Readonly<Record<keyof AutogenerateOptions, Kind>> = {
  include: texts,
  exclude: excluded,
  schemas: texts,
  shadowUrl: text,
  hints: text,
  compareType: callable,
  compareDefault: callable,
  operations: callable,
}

/** Of the group `fleet`. */
export const fleetKinds: Readonly<Record<keyof FleetOptions, Kind>> = {
  schemas: either(text, texts),
  databases: either(text, texts),
  urls: secret(either(texts, callable)),
  concurrency: whole(1),
  create: truth,
}

/** Of the group `ledger`. */
const ledgerKinds: Readonly<Record<string, Kind>> = {
  tool: oneOf(...ledgerTools),
  schema: text,
  table: text,
  keep: truth,
}

/**
 * Every option once: the check of a configuration file, the defaults and words of a boot, and the reference are held
 * to it.
 */
export const optionTable = {
  url: { kind: text },
  migrationUrl: { kind: text },
  password: { kind: secret(callable) },
  ssl: { kind: either(truth, oneOf('require', 'allow', 'prefer', 'verify-full'), object) },
  role: { kind: text },
  migrations: { kind: paths, usual: 'migrations' },
  bundle: { kind: object },
  fileTemplate: { kind: text, usual: defaultTemplate, of: 'commands' },
  timezone: { kind: timeZone, usual: 'UTC', of: 'commands' },
  slugLength: { kind: whole(0), usual: 40, of: 'commands' },
  postWriteHooks: { kind: postWriteHooks, usual: [], of: 'commands' },
  models: { kind: either(text, texts, callable, object) },
  casing: { kind: oneOf('snake_case', 'camelCase') },
  autogenerate: { kind: group(autogenerateKinds) },
  fleet: { kind: group(fleetKinds), of: 'commands' },
  schema: { kind: text },
  versionTable: { kind: text, usual: 'limbeck_version' },
  versionSchema: { kind: text },
  ignoreTables: { kind: texts, usual: [] },
  adopt: {
    kind: either(callable, group({ query: text, revisions: object }, 'query', 'revisions')),
  },
  ledger: { kind: either(oneOf(...ledgerTools), group(ledgerKinds, 'tool')) },
  transaction: word('step', 'all'),
  lockTimeout: { kind: milliseconds, usual: 500 },
  lockRetryTimeout: { kind: milliseconds, usual: 600_000 },
  waitTimeout: { kind: milliseconds, usual: 600_000 },
  connectTimeout: { kind: milliseconds, usual: 30_000 },
  applicationVersion: { kind: text },
  logger: { kind: logger },
  signal: { kind: abortSignal },
  hooks: { kind: group({ beforeStep: callable, afterStep: callable }) },
  onProgress: { kind: callable },
  fresh: word('create', 'chain'),
  mode: { ...word('upgrade', 'verify', 'wait', 'off'), of: 'boot' },
  legacy: { ...word('refuse', 'detect'), of: 'boot' },
  ahead: { ...word('serve', 'refuse', 'wait'), of: 'boot' },
  modelsAhead: { ...word('warn', 'refuse'), of: 'boot' },
  drift: { ...word('off', 'warn'), of: 'boot' },
  onFinding: { kind: callable, of: 'boot' },
} as const satisfies { readonly [K in keyof BootOptions]-?: OptionRow<BootOptions[K]> }

/** How a process answers while it boots, which no command does. */
export const pluginTable = {
  gate: { kind: truth, usual: true, of: 'plugin' },
  name: { kind: text, usual: 'limbeck', of: 'plugin' },
  healthPath: { kind: text, usual: '/health', of: 'plugin' },
  healthDetail: { kind: either(oneOf('full'), callable), of: 'plugin' },
  retryAfterSeconds: { kind: whole(0), usual: 5, of: 'plugin' },
  report: { kind: object, of: 'plugin' },
  onFailure: { ...word('stay', 'close', 'exit'), of: 'plugin' },
} as const satisfies Readonly<Record<string, OptionRow>>
