import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { embeddedFailed } from './failure.ts'

/** What is remembered of the embedded PostgreSQL; `limbeck.config.ts` reads `url` too. */
export interface EmbeddedSettings {
  /** With password: the file is for its owner's eyes only. */
  readonly url: string
  /** The cluster's folder. */
  readonly cluster: string
}

const fileName = 'embedded.json'

/** The settings in `folder`, or undefined when no embedded server was ever started from it. */
export async function readSettings(folder: string): Promise<EmbeddedSettings | undefined> {
  const file = join(folder, fileName)
  try {
    return JSON.parse(await readFile(file, 'utf8')) as EmbeddedSettings
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined
    const reason = error instanceof Error ? error.message : String(error)
    throw embeddedFailed(
      `could not read ${file}: ${reason}`,
      `Remove ${folder} to start with an empty database, or choose another folder.`,
      error,
    )
  }
}

/** Replaces the settings as a whole: a start that is interrupted leaves the old ones. */
export async function writeSettings(folder: string, settings: EmbeddedSettings): Promise<void> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, fileName)
  await writeFile(`${file}.new`, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
}
