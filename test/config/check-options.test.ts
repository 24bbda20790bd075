import { describe, expect, test } from 'vitest'
import { bundleRevisions } from '../../src/bundle/index.ts'
import { checkOptions } from '../../src/config/check-options.ts'
import { startEmbeddedPostgres } from '../../src/embedded/index.ts'
import { startGate } from '../../src/http/index.ts'
import {
  type AutogenerateRevisionOptions,
  type BootOptions,
  createMigrator,
  type FromDatabaseOptions,
  initDb,
  type LimbeckError,
  type MergeOptions,
  type Migrator,
  type RevisionOptions,
} from '../../src/index.ts'
import { createTestDatabases, startTestServer } from '../../src/testing/index.ts'
import { failure, keepLog, revisionFolder } from '../support/revisions.ts'

const url = 'postgres://u:sesame@none.invalid/none'

/** As JavaScript may call it. */
const loose = (options: unknown) => options as BootOptions

const refusal = (options: unknown): LimbeckError => {
  try {
    checkOptions(options)
  } catch (error) {
    return error as LimbeckError
  }
  throw new Error('expected a refusal')
}

test.each([
  [{ urll: url }, "there is no option 'urll'", "Did you mean 'url'?"],
  [{ lock_timeout: 5 }, "there is no option 'lock_timeout'", "Did you mean 'lockTimeout'?"],
  [
    { lockTimeout: '5 parsecs' },
    'option lockTimeout is the string "5 parsecs", not a number of milliseconds, 0 or more',
    "Give 'lockTimeout' a number of milliseconds, 0 or more.",
  ],
  [{ waitTimeout: Number.NaN }, /^option waitTimeout is the number NaN/, /milliseconds/],
  [{ connectTimeout: Number.POSITIVE_INFINITY }, /the number Infinity/, /milliseconds/],
  [{ lockRetryTimeout: -1 }, /the number -1/, /0 or more/],
  [
    { onFailure: 'explode' },
    `option onFailure is the string "explode", not 'stay' or 'close' or 'exit'`,
    'Use one of: stay, close, exit.',
  ],
  [
    { mode: 'verfy' },
    /^option mode is the string "verfy"/,
    "Did you mean 'verify'? Use one of: upgrade, verify, wait, off.",
  ],
  [{ mode: ['wait'] }, /^option mode is an array/, /^Use one of/],
  [{ drift: 'sometimes' }, /^option drift is the string "sometimes"/, 'Use one of: off, warn.'],
  [{ migrations: 5 }, /^option migrations is the number 5, not a path/, /^Give 'migrations'/],
  [{ migrations: ['a', null] }, /^option migrations is an array/, /^Give 'migrations'/],
  [{ models: true }, /^option models is the boolean true/, /^Give 'models'/],
  [{ schema: null }, 'option schema is null, not a string', "Give 'schema' a string."],
  [{ ignoreTables: 'spatial_ref_sys' }, /^option ignoreTables is the string/, /array of strings/],
  [{ logger: { info() {} } }, /^option logger is an object/, /debug, info, warn and error/],
  [{ signal: {} }, /^option signal is an object, not an AbortSignal$/, /AbortSignal/],
  [{ ssl: 'requre' }, /^option ssl is the string "requre"/, /^Did you mean 'require'\?/],
  [{ slugLength: 1.5 }, /^option slugLength is the number 1.5/, /whole number/],
  [{ timezone: 'Mars' }, /^option timezone is the string "Mars"/, /IANA/],
  [{ hooks: { beforeSteps() {} } }, "there is no option 'hooks.beforeSteps'", /'beforeStep'/],
  [{ hooks: { afterStep: 'x' } }, /^option hooks.afterStep is the string "x"/, /a function/],
  [{ autogenerate: { excludes: [] } }, "there is no option 'autogenerate.excludes'", /'exclude'/],
  [{ fleet: { concurrency: 0 } }, /^option fleet.concurrency is the number 0/, /1 or more/],
  [{ ledger: 'drizle' }, /^option ledger is the string "drizle"/, /^Did you mean 'drizzle'\?/],
  [{ ledger: { tol: 'drizzle' } }, "there is no option 'ledger.tol'", "Did you mean 'tool'?"],
  [{ ledger: {} }, /^option ledger is an object, not .*\{ tool, schema\?/, /tool/],
  [{ adopt: { query: 'SELECT 1' } }, /^option adopt is an object/, /\{ query, revisions \}/],
  [undefined, 'the options are undefined, not an object', /^Give an object/],
  [[url], 'the options are an array, not an object', /^Give an object/],
])('%j is refused, with what is allowed', (options, message, hint) => {
  const { code, message: told, details } = refusal(options)
  expect(code).toBe('LIMBECK_INVALID_OPTION')
  expect(told).toMatch(message)
  expect(details.hint).toMatch(hint)
})

test.each([
  { password: 'sesame' },
  { fleet: { urls: url } },
  { autogenerate: { schemas: url } },
  url,
])('nothing that may be a password is shown of what stands in the wrong place', (options) => {
  const { message, details } = refusal(options)
  const told = `${message} ${details.hint}`
  if (typeof options !== 'object' || !('autogenerate' in options))
    expect(told).not.toContain('sesame')
  expect(told).toMatch(/not (a|an) /)
})

test('what may be given is passed', () => {
  const pino = Object.assign(() => {}, keepLog())
  const options = {
    url: undefined,
    migrations: [new URL('file:///m'), 'n'],
    models: new URL('file:///models.ts'),
    password: async () => 'x',
    ssl: { ca: 'pem' },
    adopt: async () => null,
    signal: AbortSignal.timeout(1),
    logger: pino,
    ledger: { tool: 'drizzle', schema: undefined },
    lockTimeout: 0,
    hooks: {},
    report: { outcome: 'current' },
    healthDetail: () => true,
  }
  expect(() => checkOptions(options)).not.toThrow()
  expect(() => checkOptions({ models: Object.create(null) })).not.toThrow()
  expect(() => checkOptions({ logger: console, models: async () => ({}) })).not.toThrow()
})

describe('every public entry point checks', () => {
  test.each([
    ['initDb', () => initDb(loose({ url, mod: 'off' }))],
    ['initDb that does not connect', () => initDb(loose({ url, mode: 'off', lockTimeout: '5' }))],
    ['initDb without options', () => initDb(loose(undefined))],
    ['a migrator', () => createMigrator(loose({ url, migration: 'm' })).heads()],
    ['a command', () => createMigrator({ url }).upgrade('heads', { plann: true } as object)],
    ['a command with a word', () => createMigrator({ url }).stamp('x', { sql: 'yes' as never })],
    ['a merge', () => createMigrator({ url }).merge('heads', { splise: true } as object)],
    ['a diff', () => createMigrator({ url }).diff({ renames: 'no' as never })],
    ['a gate', async () => startGate(loose({ url, onFailure: 'explode' }))],
    ['a bundle', () => bundleRevisions(loose({ migration: 'm' }))],
    ['test databases', () => createTestDatabases(loose({ sauce: 'chain' }))],
    ['a test server', () => startTestServer(loose({ imag: 'postgres' }) as object)],
    ['an embedded server', () => startEmbeddedPostgres(loose({ port: '5432' }) as object)],
  ])('%s refuses what is no option', async (_, call) => {
    expect(await failure(call())).toMatchObject({
      code: 'LIMBECK_INVALID_OPTION',
      details: { hint: expect.any(String) },
    })
  })

  test('a name that is like none of an option is logged, for another program may read the object too', async () => {
    const logger = keepLog()
    await failure(createMigrator(loose({ url, nonsense: 1, logger, migrations: 'none' })).heads())
    expect(logger.lines.map(({ message }) => message)).toEqual(["there is no option 'nonsense'"])
  })

  test('and a boot logs it, unless it is the logger', async () => {
    const logger = keepLog()
    await failure(initDb(loose({ url, mod: 'off', logger })))
    expect(logger.lines.map(({ message }) => message)).toEqual(["there is no option 'mod'"])
    expect(await failure(initDb(loose({ url, logger: 'info' })))).toMatchObject({
      message: expect.stringMatching(/^option logger is the string "info"/),
    })
  })
})

describe('what writes a file checks', () => {
  const fileOptions: Required<Omit<MergeOptions, 'revisions'>> = {
    message: 'm',
    splice: true,
    branchLabel: ['shop'],
    dependsOn: 'a',
    revId: 'a1',
    versionPath: 'none',
  }
  const revision: Required<RevisionOptions> = {
    ...fileOptions,
    message: 'm',
    head: ['heads'],
    kind: 'ts',
    fresh: 'skip',
    ending: '.failed',
    content: { upgrade: 'SELECT 1;' },
  }
  const { kind: _, content: __, ...sql } = revision
  const fromDatabase: Required<FromDatabaseOptions> = { ...sql, trial: false }
  const autogenerate: Required<AutogenerateRevisionOptions> = {
    ...sql,
    rename: ['a=b'],
    new: 'c',
    renames: false,
    ask: async () => 0,
    using: 't.c=1',
    usingDown: ['t.c=1'],
    askUsing: async () => '',
    trial: true,
    allowDataLoss: false,
    confirmDataLoss: async () => false,
    offline: true,
  }
  const { rename, new: added, renames, ask, using, usingDown, askUsing } = autogenerate
  const diff = { rename, new: added, renames, ask, using, usingDown, askUsing }
  const given = { revision, fromDatabase, autogenerate, diff, merge: fileOptions }
  const call = (migrator: Migrator, name: keyof typeof given, options: unknown) => {
    const method = Reflect.get(migrator, name) as (...all: unknown[]) => Promise<unknown>
    return name === 'merge' ? method('heads', options) : method(options)
  }

  test.each(Object.entries(given) as [keyof typeof given, object][])(
    '%s takes each of its options, and none that is misspelt or of another type',
    async (name, all) => {
      const { path } = await revisionFolder()
      const migrator = createMigrator({ url, migrations: path })
      for (const key of Object.keys(all)) {
        expect(await failure(call(migrator, name, { ...all, [key]: 5 }))).toMatchObject({
          code: 'LIMBECK_INVALID_OPTION',
          message: expect.stringMatching(`^option ${key} is the number 5, not `),
        })
        expect(await failure(call(migrator, name, { ...all, [`${key}X`]: true }))).toMatchObject({
          message: `there is no option '${key}X'`,
          details: { hint: `Did you mean '${key}'?` },
        })
      }
      await migrator.close()
      // Checked first: only then is it found that the migrator takes no calls.
      const closed = 'this migrator is closed'
      expect(await failure(call(migrator, name, all))).toMatchObject({ message: closed })
      const unset = Object.keys(all).map((key) => [key, key === 'message' ? 'm' : undefined])
      const options = Object.fromEntries(unset)
      expect(await failure(call(migrator, name, options))).toMatchObject({ message: closed })
    },
  )

  test.each(['revision', 'fromDatabase', 'autogenerate'] as const)(
    '%s says that it needs a message',
    async (name) => {
      for (const options of [undefined, {}, { message: undefined }])
        expect(await failure(call(createMigrator({ url }), name, options))).toMatchObject({
          code: 'LIMBECK_INVALID_OPTION',
          message: 'option message is undefined, not a string',
          details: { hint: "Give 'message' a string." },
        })
    },
  )
})
