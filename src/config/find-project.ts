import { readdir, readFile, stat } from 'node:fs/promises'
import { join, parse, relative, sep } from 'node:path'
import { drizzleLayout, isMigrationFolder } from '../script/drizzle-layout.ts'
import {
  type DrizzleConfig,
  type DrizzleConfigs,
  readDrizzleConfigs,
  textsIn,
} from './drizzle-config.ts'
import { isModule } from './module-name.ts'

/** What a project's folder already has: what `init` builds upon. Nothing is executed to find it. */
export interface Project {
  /** The existing limbeck configuration, absolute, or null. */
  readonly config: string | null
  /** The revision folders that the configuration names, as written there; new revisions go into the last one. */
  readonly folders: readonly string[]
  /** The Drizzle models, relative to the project, as `models` takes them, or null. */
  readonly models: string | readonly string[] | null
  /** What drizzle-kit is told, or null. */
  readonly kit: DrizzleConfig | null
  /** Configurations of drizzle-kit for other kinds of databases. */
  readonly passedOver: DrizzleConfigs['passedOver']
  /** The folder of drizzle-kit's migrations, relative to the project, or null where there are none. */
  readonly history: string | null
  /** Folders below that drizzle-kit is configured in, as the packages of a monorepo are; only where nothing is here. */
  readonly elsewhere: readonly string[]
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
  const { kit, passedOver } = await readDrizzleConfigs(root)
  const models = await findModels(root, kit)
  const history = await findDrizzleFolder(root, kit)
  return {
    config: config === null ? null : join(root, config),
    folders: textsIn(configText.replace(/^\s*\/\/.*$/gm, ''), 'migrations'),
    models,
    kit,
    passedOver,
    history,
    elsewhere: (kit ?? models ?? history) ? [] : await configuredBelow(root),
    packages: await readPackages(root),
  }
}

/** Two levels down, where workspaces are. */
async function configuredBelow(root: string): Promise<readonly string[]> {
  const foldersIn = async (folder: string) => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])
    return entries.flatMap((entry) =>
      entry.isDirectory() && !/^(?:\.|node_modules$)/.test(entry.name)
        ? posix(join(folder, entry.name))
        : [],
    )
  }
  const found: string[] = []
  for (const outer of await foldersIn('.'))
    for (const folder of [outer, ...(await foldersIn(outer))])
      if ((await readDrizzleConfigs(join(root, folder))).kit !== null) found.push(folder)
  return found.sort()
}

/** Whether a folder holds the journal of drizzle-kit, whose `.sql` files are not revisions. */
export async function isDrizzleKitFolder(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => [])
  return drizzleLayout(folder, names) !== null || names.some(isMigrationFolder)
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

/** Files that hold models or something else: their text says which. */
const maybeModels: readonly string[] = [
  'src/db',
  'src/database',
  'src/lib/db',
  'src/server/db',
  'db',
].flatMap((folder) => ['index.ts', 'tables.ts', 'models.ts'].map((name) => `${folder}/${name}`))

/** What drizzle-kit is told wins over the usual files. */
async function findModels(root: string, kit: DrizzleConfig | null): Promise<Project['models']> {
  const told = (kit?.schema ?? []).map((each) => posix(relative(root, join(root, each))))
  const [only, ...others] = told
  if (only !== undefined && others.length === 0 && !/[*?{[]/.test(only)) {
    if (await isFile(join(root, only))) return only
    if (await isFolder(join(root, only))) return await wholeFolder(root, only)
  } else if (only !== undefined) return others.length === 0 ? only : told
  return (await firstFile(root, usualModels)) ?? (await firstWithTables(root))
}

/** The one file that has all of a folder: its only one, or an `index.ts` that names the others. Else the folder itself. */
async function wholeFolder(root: string, folder: string): Promise<string> {
  const names = (await readdir(join(root, folder))).filter(isModule)
  const [only] = names
  if (only !== undefined && names.length === 1) return posix(join(folder, only))
  const text = await readText(join(root, folder, 'index.ts'))
  const imported = [...text.matchAll(/['"]\.\/([^'"]+?)(?:\.[mc]?[jt]s)?['"]/g)].map(([, it]) => it)
  const isThere = (name: string) => name === 'index.ts' || imported.includes(parse(name).name)
  return names.length > 0 && names.every(isThere) ? posix(join(folder, 'index.ts')) : folder
}

async function firstWithTables(root: string): Promise<string | null> {
  for (const name of maybeModels)
    if (/\bpg(?:Table|TableCreator|Schema)\s*\(/.test(await readText(join(root, name)))) return name
  return null
}

/** Where projects let drizzle-kit write to. */
const usualHistories: readonly string[] = [
  'drizzle',
  'migrations',
  'src/db/migrations',
  'src/drizzle',
  'src/drizzle/migrations',
  'src/database/migrations',
  'src/migrations',
  'src/lib/db/migrations',
  'src/server/db/migrations',
  'db/migrations',
  'lib/db/migrations',
  'drizzle/migrations',
  'database/migrations',
]

/** The folder of drizzle-kit's migrations, relative to the project: as it is told, else where it usually is; null where none are. */
export async function findDrizzleFolder(
  root: string,
  kit?: DrizzleConfig | null,
): Promise<string | null> {
  const { out = null } = (kit === undefined ? (await readDrizzleConfigs(root)).kit : kit) ?? {}
  if (out !== null) {
    const folder = posix(relative(root, join(root, out)))
    return (await isDrizzleKitFolder(join(root, folder))) ? folder : null
  }
  for (const folder of usualHistories) if (await isHistory(join(root, folder))) return folder
  return null
}

/** Whether migrations for PostgreSQL are in it: nothing says that it is drizzle-kit's. */
async function isHistory(folder: string): Promise<boolean> {
  const layout = drizzleLayout(folder, await readdir(folder).catch(() => []))
  if (layout !== 'journal') return layout === 'folders'
  const text = await readText(join(folder, 'meta', '_journal.json'))
  return /"entries"\s*:/.test(text) && !/"dialect"\s*:\s*"(?!pg"|postgresql")/.test(text)
}

/** A path with the separators of configurations and of imports. */
export const posix = (path: string): string => path.split(sep).join('/')

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

const isFolder = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  )

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  )

const readText = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '')
