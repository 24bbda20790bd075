import type { BootOptions } from './options.ts'

/**
 * `limbeck.config.ts`: what the command line and the service share. Without `url` the command line takes DATABASE_URL and
 * MIGRATION_DATABASE_URL; the service says it, with what only a process knows (`logger`, `signal`, `onProgress`, `onFinding`).
 */
export type ConfigFile = Omit<
  BootOptions,
  'url' | 'logger' | 'signal' | 'onProgress' | 'onFinding'
> &
  Partial<Pick<BootOptions, 'url' | 'logger'>>

/** Returns what it is given, typed as it is: `initDb({ ...config, url })` and the plugin take it. */
export function defineConfig<const Given extends ConfigFile>(config: Given): Given {
  return config
}
