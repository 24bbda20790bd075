import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** What a project's folder already has: what `init` builds upon. Nothing is executed to find it. */
export interface Project {
  /** The existing limbeck configuration, absolute, or null. */
  readonly config: string | null
  /** The revision folder that the configuration names, as written there, or null. */
  readonly folder: string | null
  /** The Drizzle models, relative to the project, or null. */
  readonly models: string | null
  /** Names of the dependencies in `package.json`, of every kind. */
  readonly packages: ReadonlySet<string>
}

/** Names under which a configuration is found, the first one first. */
export const configNames: readonly string[] = [
  'limbeck.config.ts',
  'limbeck.config.js',
  'limbeck.config.mjs',
]

/** Reads what there is; what cannot be read counts as missing. */
export async function readProject(root: string): Promise<Project> {
  const config = await firstFile(root, configNames)
  const configText = config === null ? '' : await readText(join(root, config))
  return {
    config: config === null ? null : join(root, config),
    folder: settingIn(configText, 'migrations'),
    models: await findModels(root),
    packages: await readPackages(root),
  }
}

/** Whether a folder holds the journal of drizzle-kit, whose `.sql` files are not revisions. */
export async function isDrizzleKitFolder(folder: string): Promise<boolean> {
  return (await isFile(join(folder, 'meta/_journal.json'))) || (await hasKitFolders(folder))
}

/** drizzle-kit 1.0 writes a folder a migration, each with its snapshot. */
async function hasKitFolders(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => [])
  const [newest] = names.filter((name) => /^\d{14}_/.test(name)).sort()
  return newest !== undefined && (await isFile(join(folder, newest, 'snapshot.json')))
}

/** Where Drizzle's own documentation and starters keep their models. */
const usualModels: readonly string[] = [
  'src/db/schema.ts',
  'src/db/schema/index.ts',
  'src/db/schemas/index.ts',
  'src/schema.ts',
  'src/schema/index.ts',
  'src/drizzle/schema.ts',
  'src/drizzle/schema/index.ts',
  'src/database/schema.ts',
  'src/database/schema/index.ts',
  'src/lib/db/schema.ts',
  'src/server/db/schema.ts',
  'db/schema.ts',
  'db/schema/index.ts',
  'lib/db/schema.ts',
  'server/db/schema.ts',
  'drizzle/schema.ts',
  'drizzle/index.ts',
  'schema.ts',
]

const kitConfigs = ['ts', 'js', 'mjs', 'mts', 'cjs', 'json'].map((end) => `drizzle.config.${end}`)

/** What drizzle-kit is told wins over the usual places. */
async function findModels(root: string): Promise<string | null> {
  const kit = await firstFile(root, kitConfigs)
  const told = kit === null ? null : settingIn(await readText(join(root, kit)), 'schema')
  if (told !== null) {
    const file = relative(root, join(root, told))
    const found = await firstFile(root, [file, join(file, 'index.ts'), join(file, 'schema.ts')])
    if (found !== null) return found
  }
  return await firstFile(root, usualModels)
}

/** The first string of `name: '…'` or `name: ['…']` in a source text, outside of line comments. */
function settingIn(text: string, name: string): string | null {
  const code = text.replace(/^\s*\/\/.*$/gm, '')
  return new RegExp(`\\b${name}["']?\\s*:\\s*\\[?\\s*(["'\`])([^"'\`]+)\\1`).exec(code)?.[2] ?? null
}

async function readPackages(root: string): Promise<ReadonlySet<string>> {
  try {
    const manifest: Readonly<Record<string, unknown>> = JSON.parse(
      await readText(join(root, 'package.json')),
    )
    const kinds = ['dependencies', 'devDependencies', 'peerDependencies']
    return new Set(kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {})))
  } catch {
    return new Set()
  }
}

async function firstFile(root: string, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    if (await isFile(join(root, name))) return name
  }
  return null
}

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  )

const readText = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '')
