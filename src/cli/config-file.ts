import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { filePath } from '../config/file-path.ts'
import { configNames } from '../config/find-project.ts'
import type { BootOptions, LimbeckOptions } from '../config/options.ts'
import { LimbeckError } from '../errors.ts'
import { pathFrom } from '../models/find-models.ts'
import { checkConfig, howToExport } from './check-config.ts'
import type { Io } from './io.ts'

/**
 * The nearest configuration, or the one that `--config` names, with its paths made absolute and the URL of `--url`
 * or the environment filled in; without any of these the URL is ''. Throws LIMBECK_CONFIG_MISSING,
 * LIMBECK_CONFIG_FAILED or LIMBECK_INVALID_OPTION.
 */
export async function readConfig(
  { cwd, env, setVariables }: Pick<Io, 'cwd' | 'env' | 'setVariables'>,
  { config: named, url: given }: { readonly config?: string; readonly url?: string },
): Promise<BootOptions> {
  const file = named === undefined ? await findConfig(cwd) : await existing(resolve(cwd, named))
  const root = dirname(file)
  const variables = await readVariables(root, env)
  // The configuration and the models ask the process, where others have dotenv put it.
  setVariables?.(variables)
  const config = checkConfig(file, await readText(file), await load(file))
  const { migrations = 'migrations', models, postWriteHooks, autogenerate } = config
  return {
    ...config,
    ...chooseUrl(config, given, variables),
    migrations: [migrations].flat().map((folder) => filePath('migrations', folder, root)),
    postWriteHooks: postWriteHooks?.map((hook) => ({
      ...hook,
      cwd: resolve(root, hook.cwd ?? ''),
    })),
    models: modelsFrom(root, models),
    autogenerate: autogenerate?.hints
      ? { ...autogenerate, hints: resolve(root, autogenerate.hints) }
      : autogenerate,
  }
}

/** The URL where there is no configuration: of `--url` or of the environment; '' without. */
export function urlWithout(
  { url: given }: { readonly url?: string },
  variables: Io['env'],
): string {
  const { url, migrationUrl } = chooseUrl({}, given, variables)
  return migrationUrl ?? url
}

/** Paths become absolute; a package stays what it is called. */
function modelsFrom(root: string, models: LimbeckOptions['models']): LimbeckOptions['models'] {
  if (Array.isArray(models)) return models.map((each: string) => pathFrom(root, each))
  if (typeof models === 'string' && !models.startsWith('file:')) return pathFrom(root, models)
  return typeof models === 'string' ? filePath('models', models, root) : models
}

/** A URL that is typed replaces the configured pair; the environment fills in what is configured nowhere. */
function chooseUrl(
  config: Partial<LimbeckOptions>,
  given: string | undefined,
  env: Io['env'],
): Pick<LimbeckOptions, 'url' | 'migrationUrl'> {
  if (given !== undefined) return { url: given, migrationUrl: undefined }
  if (config.url) return { url: config.url, migrationUrl: config.migrationUrl }
  const { DATABASE_URL: url, MIGRATION_DATABASE_URL: migrationUrl } = env
  return { url: url ?? '', migrationUrl: config.migrationUrl ?? (migrationUrl || undefined) }
}

/**
 * The environment, and `.env` in the folder, where Drizzle projects keep the URL; the environment itself wins. A variable that is
 * empty there, as CI makes those of a missing secret, says nothing.
 */
export async function readVariables(folder: string, env: Io['env']): Promise<Io['env']> {
  const text = await readFile(join(folder, '.env'), 'utf8').catch(() => '')
  const kept = Object.entries(parseEnv(text)).filter(([name]) => !env[name])
  return { ...env, ...Object.fromEntries(kept) }
}

async function findConfig(cwd: string): Promise<string> {
  for (let folder = cwd, last = ''; folder !== last; last = folder, folder = dirname(folder)) {
    for (const name of configNames) {
      const file = join(folder, name)
      if (await isFile(file)) return file
    }
  }
  const names = await readdir(cwd).catch(() => [])
  const similar = names.find((name) => /^\.?limbeck(?:rc|\.config|\.json)/.test(name))
  const hint = 'Run `npx limbeck init`, or name the file with --config.'
  throw new LimbeckError(
    'LIMBECK_CONFIG_MISSING',
    `there is no ${configNames.join(', ')} in ${cwd} or above it`,
    { hint: similar === undefined ? hint : `${similar} is not one of these: rename it. ${hint}` },
  )
}

async function existing(file: string): Promise<string> {
  if (await isFile(file)) return file
  throw new LimbeckError('LIMBECK_CONFIG_MISSING', `there is no configuration file ${file}`, {
    file,
    hint: 'Correct the path behind --config.',
  })
}

/** What the file exports by default, awaited; a failure keeps its location and its cause. */
async function load(file: string): Promise<unknown> {
  const { loadModule } = await import('../script/load.ts')
  try {
    const exports = await loadModule(file)
    if ('default' in exports) return await exports.default
  } catch (error) {
    throw configFailed(file, error)
  }
  throw new LimbeckError('LIMBECK_CONFIG_FAILED', 'the configuration has no default export', {
    file,
    hint: howToExport(file),
  })
}

function configFailed(file: string, error: unknown): LimbeckError {
  const isCoded = error instanceof LimbeckError
  const message = error instanceof Error ? error.message : String(error)
  return new LimbeckError('LIMBECK_CONFIG_FAILED', message, {
    file,
    ...(isCoded ? error.details : {}),
    cause: isCoded ? error.cause : error,
    hint: 'Correct the configuration so that it can be imported.',
  })
}

const readText = (file: string): Promise<string> => readFile(file, 'utf8')

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  )
