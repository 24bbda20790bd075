import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The package as `npm pack` makes it out of what is built. */
export interface Packed {
  /** Path of the tarball. */
  readonly tarball: string
  /** Paths of the files in it. */
  readonly files: readonly string[]
  remove(): Promise<void>
}

/** Packs into a folder of its own. Not built anew: other tests are running what is built. */
export async function pack(): Promise<Packed> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-packed-'))
  const { stdout } = await run('npm', [
    'pack',
    '--json',
    '--ignore-scripts',
    '--pack-destination',
    folder,
  ])
  const [report]: { filename: string; files: { path: string }[] }[] = JSON.parse(stdout)
  if (report === undefined) throw new Error(`npm pack printed ${stdout}`)
  return {
    tarball: path.join(folder, report.filename),
    files: report.files.map((file) => file.path),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Packages at the versions of the lock file, as `npm install` takes them. */
export async function locked(...names: readonly string[]): Promise<readonly string[]> {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8'))
  return names.map((name) => `${name}@${packages[`node_modules/${name}`].version}`)
}

/** The environment of npm in a project of a test: quick, quiet, and nothing of the npm that runs the tests. */
export function npmEnvironment(): NodeJS.ProcessEnv {
  const kept = /^npm_config_(registry|cache|cafile|userconfig|globalconfig|.*proxy)$/i
  const foreign = /^(npm_|NODE_OPTIONS$|NODE_ENV$|VITEST|DATABASE_URL$|MIGRATION_DATABASE_URL$)/i
  const own = Object.entries(process.env).filter(([name]) => kept.test(name) || !foreign.test(name))
  return {
    ...Object.fromEntries(own),
    NO_COLOR: '1',
    npm_config_prefer_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    npm_config_loglevel: 'error',
  }
}
