import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { newRevision } from '../revision/new-revision.ts'
import { createdAt } from '../script/created.ts'
import { drizzleLayout } from '../script/drizzle-layout.ts'
import { fileName } from '../script/file-name.ts'
import type { Revisions } from '../script/revisions.ts'
import type { FreshUse, Script } from '../script/script.ts'
import { type RevisionText, renderRevision } from '../script/template.ts'
import { writeRevision } from '../script/write.ts'
import { runPostWriteHooks } from './post-write-hooks.ts'

/** What a new revision is to be; identifiers are resolved, nothing is taken on trust. */
export interface NewScript {
  readonly message: string
  /** Identifiers of the parents. */
  readonly head: string | readonly string[]
  readonly splice?: boolean | undefined
  readonly branchLabel?: string | readonly string[] | undefined
  readonly dependsOn?: string | readonly string[] | undefined
  /** Default: 12 random hex digits. */
  readonly revId?: string | undefined
  /** One of the configured folders. Default: the parent's, or the only one. */
  readonly versionPath?: string | undefined
  readonly kind?: 'sql' | 'ts' | undefined
  /** What a database that is made from the models does with it. Default: not said. */
  readonly fresh?: FreshUse | undefined
  /** Behind the name of the file, which is no revision then. */
  readonly ending?: '.failed'
  /** Bodies and what the head says of them. Default: empty. */
  readonly content?: ScriptContent | undefined
}

/** What a revision does, as written into its file. */
export type ScriptContent = Pick<
  RevisionText,
  | 'upgrade'
  | 'downgrade'
  | 'transactional'
  | 'irreversible'
  | 'compatible'
  | 'fresh'
  | 'models'
  | 'ledger'
>

/** Where new files may be, and how they are written. */
export type WritingOptions = Pick<
  Config,
  'folders' | 'fileTemplate' | 'timezone' | 'slugLength' | 'postWriteHooks'
>

/** The revision that was written. */
export interface WrittenRevision {
  readonly revision: string
  readonly parents: readonly string[]
  /** Absolute path. */
  readonly file: string
}

/**
 * Checks a new revision against the graph as if it were already there, then writes its file: a failure leaves none.
 * Throws as `newRevision` and `writeRevision` do, LIMBECK_INVALID_OPTION for a folder that is not configured,
 * LIMBECK_HOOK_FAILED.
 */
export async function writeScript(
  config: WritingOptions,
  { map, scripts }: Revisions,
  wanted: NewScript,
): Promise<WrittenRevision> {
  const { message, head, splice = false, revId, kind = 'sql', ending = '' } = wanted
  const labels = [wanted.branchLabel ?? []].flat()
  const dependsOn = [wanted.dependsOn ?? []].flat()
  for (const name of [...labels, ...(revId === undefined ? [] : [revId])]) refuseUnreachable(name)
  const id = revId ?? randomBytes(6).toString('hex')
  const revision = newRevision(map, { id, head, splice, labels, dependsOn })
  const [parent = ''] = revision.parents
  const folder = chooseFolder(config.folders, wanted.versionPath, scripts.get(parent))
  const { fileTemplate: template, slugLength, timezone, postWriteHooks } = config
  const created = createdAt(new Date(), timezone)
  const name = fileName(id, message, { kind, template, slugLength, created })
  const { fresh } = wanted
  const said = { ...wanted.content, ...(fresh ? { fresh } : {}) }
  const text = renderRevision(kind, { ...revision, ...said, message, created })
  const file = await writeRevision(folder, `${name}${ending}`, text)
  await runPostWriteHooks(postWriteHooks, file)
  return { revision: id, parents: revision.parents, file }
}

/** Throws what writeScript() would throw of the edges in the graph: before questions are asked in vain. */
export function requireEdges(
  { map }: Revisions,
  wanted: Partial<Pick<NewScript, 'head' | 'splice' | 'branchLabel' | 'dependsOn' | 'revId'>>,
): void {
  const { head = 'head', splice = false, branchLabel = [], dependsOn = [], revId } = wanted
  const id = revId ?? randomBytes(6).toString('hex')
  newRevision(map, {
    id,
    head,
    splice,
    labels: [branchLabel].flat(),
    dependsOn: [dependsOn].flat(),
  })
}

/** Creates the named folder if it is one of the configured ones and missing: as Alembic does, on the first write. */
export async function makeVersionPath(
  folders: readonly string[],
  versionPath: string | undefined,
): Promise<void> {
  const folder = folders.find((each) => versionPath !== undefined && each === resolve(versionPath))
  if (folder === undefined) return
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw new LimbeckError('LIMBECK_FOLDER_MISSING', `${folder} cannot be created`, {
      cause,
      file: folder,
      hint: 'Correct what is there, or its permissions.',
    })
  })
}

/** A name that the grammar of identifiers reads as something else could never be typed again. */
function refuseUnreachable(name: string): void {
  const isWord = ['head', 'heads', 'base', 'current'].includes(name)
  if (!isWord && !/[@:]|^[+-]|[+-]\d/.test(name)) return
  throw new LimbeckError(
    'LIMBECK_ILLEGAL_REVISION',
    `'${name}' cannot be the name of a revision or label: it means something else where identifiers are typed`,
    { hint: 'Use letters, digits, underscores and dots.' },
  )
}

function chooseFolder(
  configured: readonly string[],
  versionPath: string | undefined,
  parent: Script | undefined,
): string {
  const folders = configured.filter((folder) => !isKeptByDrizzleKit(folder))
  const listed = `The revision folders are ${folders.join(', ')}.`
  const [only, ...others] = folders
  if (only === undefined) throw noOwnFolder(configured)
  if (versionPath !== undefined) {
    const chosen = resolve(versionPath)
    if (folders.includes(chosen)) return chosen
    const message = `${versionPath} is not one of the configured revision folders`
    throw new LimbeckError('LIMBECK_INVALID_OPTION', message, { file: chosen, hint: listed })
  }
  if (parent !== undefined && parent.format === undefined) return dirname(parent.file)
  if (others.length === 0) return only
  throw new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    'a new base could go into several revision folders',
    { hint: `Name one with --version-path. ${listed}` },
  )
}

function isKeptByDrizzleKit(folder: string): boolean {
  return existsSync(folder) && drizzleLayout(folder, readdirSync(folder)) !== null
}

function noOwnFolder([folder = 'drizzle']: readonly string[]): LimbeckError {
  return new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    `drizzle-kit keeps ${folder}: Limbeck only reads what is in it`,
    {
      file: folder,
      hint: `Give new revisions a folder of their own: migrations: ['${basename(folder)}', 'migrations'] in limbeck.config.ts.`,
    },
  )
}
