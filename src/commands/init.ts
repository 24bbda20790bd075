import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { foreignCode, foreignHistory, revisionsIn } from '../authoring/import/find-history.ts'
import { configText, takenSettings } from '../authoring/initial-config.ts'
import { nextSteps } from '../authoring/next-steps.ts'
import { isDrizzleKitFolder, type Project, posix, readProject } from '../config/find-project.ts'
import { isModule } from '../config/module-name.ts'
import { type Config, resolveConfig } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { readStateOrReason } from '../session/state-or-reason.ts'

export interface InitOptions {
  /** The project's root: where `package.json` is. */
  readonly root: string
  /** Folder of the revision files, relative to `root`. Default: `migrations`. */
  readonly folder?: string | undefined
  /** Of the database that is looked at for what comes next. Default: what `env` has under drizzle-kit's name for it, else none is. */
  readonly url?: string | undefined
  /** Environment variables. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
}

/** What `init` made and what is left to do. */
export interface InitReport {
  /** Absolute paths. */
  readonly created: readonly string[]
  readonly skipped: readonly { readonly file: string; readonly reason: string }[]
  /** The models that were found, relative to the root, or null. */
  readonly models: Project['models']
  /** drizzle-kit's folder, which is read as it is, or null. */
  readonly history: string | null
  /** What the new configuration has from drizzle-kit's, by its names there; null without a new one, or where nothing is. */
  readonly taken: { readonly file: string; readonly settings: readonly string[] } | null
  /** What to do now, one step an entry. */
  readonly next: readonly string[]
}

/**
 * Sets a project up: a configuration and a folder for revisions. Nothing that exists is changed, so a second
 * run creates nothing. Throws LIMBECK_FILE_EXISTS when the folder is drizzle-kit's or no folder, LIMBECK_FOLDER_MISSING
 * when it cannot be written, or when drizzle-kit is configured in folders below and nothing is here.
 */
export async function init({
  root,
  folder,
  url: given,
  env = {},
}: InitOptions): Promise<InitReport> {
  const found = await readProject(root)
  const foreign = foreignHistory(root)
  const isTaken =
    found.history === 'migrations' ||
    foreign?.folder === 'migrations' ||
    (await holdsOtherFiles(resolve(root, 'migrations')))
  const own = isTaken ? 'revisions' : 'migrations'
  const path = resolve(root, folder ?? found.folders.at(-1) ?? own)
  const name = posix(relative(root, path)) || '.'
  const entries = await listFolder(path)
  if (await isDrizzleKitFolder(path)) {
    throw new LimbeckError('LIMBECK_FILE_EXISTS', `${name} is the folder of drizzle-kit`, {
      file: path,
      hint: 'Give limbeck a folder of its own: `npx limbeck init revisions`.',
    })
  }
  refuseOtherFolder(found, root, path)
  if (folder === undefined) refuseElsewhere(found)
  const revisions = { ...(await revisionsIn(path)), foreign, code: foreignCode(root) }
  const isImported = revisions.tool === 'drizzle'
  // Read as it is beside what was made of it, every migration would be there twice.
  const project = isImported ? { ...found, history: null } : found
  const created: string[] = []
  const skipped: { file: string; reason: string }[] = []
  if (entries.length > 0) skipped.push({ file: path, reason: 'has files' })
  else {
    // Git keeps no empty folder, and a missing one is refused at boot.
    created.push(await create(path, '.gitkeep', ''))
  }
  if (project.config !== null) skipped.push({ file: project.config, reason: 'exists' })
  else {
    created.push(await create(root, 'limbeck.config.ts', configText(name, project, revisions)))
  }
  const { models, history, kit, passedOver } = project
  for (const { file, dialect } of passedOver)
    skipped.push({ file: join(root, file), reason: `is for ${dialect}` })
  const settings = project.config === null ? takenSettings(project) : []
  const taken = kit === null || settings.length === 0 ? null : { file: kit.file, settings }
  const url = given || env[kit?.urlVariable ?? '']
  const folders = history === null ? [path] : [resolve(root, history), path]
  const hasLedger = isImported || history !== null
  const config = url ? configOf({ url, folders, kit: hasLedger ? (kit ?? {}) : null }) : null
  const database = config && (await readStateOrReason(config))
  const next = nextSteps(project, name, revisions, database)
  return { created, skipped, models, history, taken, next }
}

/** `kit` has where drizzle's ledger is; null: there is none. */
function configOf({
  url,
  folders,
  kit,
}: {
  readonly url: string
  readonly folders: readonly string[]
  readonly kit: Partial<NonNullable<Project['kit']>> | null
}): Config {
  const ledger = kit && {
    tool: 'drizzle' as const,
    schema: kit.ledgerSchema ?? undefined,
    table: kit.ledgerTable ?? undefined,
  }
  // A person is waiting.
  return resolveConfig({
    url,
    migrations: folders,
    connectTimeout: 2_000,
    ...(ledger && { ledger }),
  })
}

/** A configuration that says something else stays as it is: what is printed would not fit it. */
function refuseOtherFolder({ config, folders }: Project, root: string, path: string): void {
  const named = folders.length > 0 ? folders : ['migrations']
  if (config === null || named.some((folder) => resolve(root, folder) === path)) return
  throw new LimbeckError(
    'LIMBECK_FILE_EXISTS',
    `${posix(relative(root, config))} says migrations: '${named.join("', '")}' already`,
    { file: config, hint: 'Change it there, or run `npx limbeck init` without a folder.' },
  )
}

/** At the root of a monorepo, whose models are in a package. */
function refuseElsewhere({ config, elsewhere }: Project): void {
  if (config !== null || elsewhere.length === 0) return
  throw new LimbeckError(
    'LIMBECK_FOLDER_MISSING',
    `nothing of a database is here: drizzle-kit is configured in ${elsewhere.join(', ')}`,
    {
      hint: `Change into ${elsewhere.length === 1 ? 'that folder' : 'one of them'} and run it there. To have revisions here all the same: \`npx limbeck init migrations\`.`,
    },
  )
}

async function create(folder: string, name: string, text: string): Promise<string> {
  const file = join(folder, name)
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(file, text, { flag: 'wx' })
    return file
  } catch (cause) {
    const reason = codeOf(cause)
    const code = reason === 'EEXIST' ? 'LIMBECK_FILE_EXISTS' : 'LIMBECK_FOLDER_MISSING'
    throw new LimbeckError(code, `${file} cannot be written (${reason})`, {
      cause,
      file,
      hint: 'Correct what is there, or its permissions.',
    })
  }
}

/** Scripts of the project's own, or of a tool that nothing here tells. */
async function holdsOtherFiles(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => [])
  const isCode = names.some((name) => name.endsWith('.sql') || isModule(name))
  return isCode && !(await isDrizzleKitFolder(folder)) && !(await revisionsIn(folder)).any
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

async function listFolder(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path)
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return []
    throw new LimbeckError(
      'LIMBECK_FILE_EXISTS',
      `${path} is there, but cannot be used as a folder`,
      {
        cause,
        file: path,
        hint: 'Name another folder: `npx limbeck init revisions`.',
      },
    )
  }
}
