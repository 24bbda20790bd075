import type { LimbeckOptions } from './options.ts'

/** `limbeck.config.ts`: what the command line needs. Without `url` it takes DATABASE_URL and MIGRATION_DATABASE_URL. */
export type ConfigFile = Omit<LimbeckOptions, 'url' | 'logger' | 'signal' | 'onProgress'> &
  Partial<Pick<LimbeckOptions, 'url' | 'logger'>>

/** Returns what it is given: it is there for the editor's sake. */
export function defineConfig(config: ConfigFile): ConfigFile {
  return config
}
