import type { WrittenRevision } from './authoring/write-script.ts'
import type { ChangesOptions } from './changes/find-changes.ts'
import type { AutogenerateReport, AutogenerateRevisionOptions } from './commands/autogenerate.ts'
import type { BranchPoint } from './commands/branches.ts'
import type { CheckOptions, CheckReport } from './commands/check.ts'
import type { CreateAllReport } from './commands/create-all.ts'
import type { CurrentOptions, CurrentReport } from './commands/current.ts'
import type { DiffReport } from './commands/diff.ts'
import type { DoctorReport } from './commands/doctor.ts'
import type { DowngradeOptions } from './commands/downgrade.ts'
import type { EnsureVersionReport } from './commands/ensure-version.ts'
import type { FromDatabaseOptions, FromDatabaseReport } from './commands/from-database.ts'
import type { GraphOptions, GraphReport } from './commands/graph.ts'
import type { LintOptions, LintReport } from './commands/lint.ts'
import type { MergeOptions } from './commands/merge.ts'
import type { RevisionOptions } from './commands/revision.ts'
import type { StampOptions, StampReport } from './commands/stamp.ts'
import { withCheckedOptions } from './config/command-options.ts'
import type { FleetReport, FleetRunOptions } from './config/fleet-options.ts'
import type { LimbeckOptions } from './config/options.ts'
import { type Config, resolveConfig } from './config/resolve-config.ts'
import type { RunOptions, RunReport } from './run/run-report.ts'
import type { Revisions } from './script/revisions.ts'
import { mentionsCurrent } from './session/mentions-current.ts'
import type { RevisionInfo } from './session/revision-info.ts'

export type { WrittenRevision } from './authoring/write-script.ts'
export type { ChangesOptions } from './changes/find-changes.ts'
export type { Finding } from './check/finding.ts'
export type { AutogenerateReport, AutogenerateRevisionOptions } from './commands/autogenerate.ts'
export type { BranchPoint } from './commands/branches.ts'
export type { CheckOptions, CheckReport } from './commands/check.ts'
export type { CreateAllReport } from './commands/create-all.ts'
export type { CurrentOptions, CurrentReport } from './commands/current.ts'
export type { DiffReport } from './commands/diff.ts'
export type { DoctorReport } from './commands/doctor.ts'
export type { DowngradeOptions } from './commands/downgrade.ts'
export type { EnsureVersionReport } from './commands/ensure-version.ts'
export type { FromDatabaseOptions, FromDatabaseReport } from './commands/from-database.ts'
export type { GraphFormat, GraphOptions, GraphReport } from './commands/graph.ts'
export type { InitReport } from './commands/init.ts'
export type { LintOptions, LintReport } from './commands/lint.ts'
export type { MergeOptions } from './commands/merge.ts'
export type { RevisionOptions } from './commands/revision.ts'
export type { StampOptions, StampReport } from './commands/stamp.ts'
export type {
  FleetMember,
  FleetOptions,
  FleetOutcome,
  FleetProgress,
  FleetReport,
  FleetRunOptions,
} from './config/fleet-options.ts'
export type { ApprovedPlan, ApprovedStep } from './run/approved-plan.ts'
export type { RunKind, RunOptions, RunReport } from './run/run-report.ts'
export type { AppliedStep } from './run/step-run.ts'
export type { RevisionInfo, RevisionMark } from './session/revision-info.ts'

/** Alembic's commands as methods: each returns readonly data, an empty list when there is nothing to do, and throws a LimbeckError. */
export interface Migrator {
  /** Runs what is pending up to `target` (default `heads`), under the migration lock. */
  upgrade(target?: string, options?: RunOptions): Promise<RunReport>
  /** As `upgrade`, for many schemas or databases, several at a time; a member that fails is in the report. */
  fleet(target?: string, options?: FleetRunOptions): Promise<FleetReport>
  /** Undoes what is applied above `target`, under the migration lock. Throws LIMBECK_IRREVERSIBLE before anything runs. */
  downgrade(target: string, options?: Omit<DowngradeOptions, 'target'>): Promise<RunReport>
  /** Writes the version table without running anything, under the migration lock. */
  stamp(
    targets: string | readonly string[],
    options?: Omit<StampOptions, 'targets'>,
  ): Promise<StampReport>
  /** Where the database is. Throws LIMBECK_NO_SUCH_REVISION for a row that no file knows. */
  current(options?: CurrentOptions): Promise<CurrentReport>
  /** As `current`, but unknown rows are an answer: what a status page asks. */
  status(): Promise<{ readonly rows: readonly string[]; readonly heads: readonly string[] }>
  heads(options?: {
    readonly resolveDependencies?: boolean | undefined
  }): Promise<readonly RevisionInfo[]>
  /** Newest first; reads the version rows only for `current` in the range or `indicateCurrent`. */
  history(options?: {
    readonly range?: string | undefined
    readonly indicateCurrent?: boolean | undefined
  }): Promise<readonly RevisionInfo[]>
  /** The history, or the tables of the models, as a drawing in text. */
  graph(options?: GraphOptions): Promise<GraphReport>
  branches(): Promise<readonly BranchPoint[]>
  show(target: string): Promise<readonly RevisionInfo[]>
  /** Writes a revision file whose parents are `revisions`. */
  merge(
    revisions: string | readonly string[],
    options?: Omit<MergeOptions, 'revisions'>,
  ): Promise<WrittenRevision>
  /** Writes a new, empty revision file. */
  revision(options: RevisionOptions): Promise<WrittenRevision>
  /** Writes the live schema, drift included, as the first revision; needs no models. */
  fromDatabase(options: FromDatabaseOptions): Promise<FromDatabaseReport>
  /** Whether models, chain, files and database agree; every difference is a finding. Changes nothing but the file that `write` speaks of. */
  check(options?: CheckOptions): Promise<CheckReport>
  /** What the ledger of another tool says of the database, migration by migration; read-only. */
  doctor(): Promise<DoctorReport>
  /** What in the SQL of new revisions holds an application up or breaks it. Changes nothing. */
  lint(options?: LintOptions): Promise<LintReport>
  /** Writes what leads from the database, which has to be at head, to the models; no file without changes. */
  autogenerate(options: AutogenerateRevisionOptions): Promise<AutogenerateReport>
  /** What leads from the database to the models, as operations and as SQL; writes nothing. */
  diff(options?: ChangesOptions): Promise<DiffReport>
  /** Builds an empty database from the models and stamps the heads, under the migration lock. */
  createAll(options?: { readonly sql?: boolean | undefined }): Promise<CreateAllReport>
  /** Creates Limbeck's tables where they are missing. */
  ensureVersion(options?: { readonly sql?: boolean | undefined }): Promise<EnsureVersionReport>
  /** Nothing stays open between calls; later calls throw a TypeError. */
  close(): Promise<void>
}

/** The version rows, where an answer depends on them. */
async function rowsWhen(needed: boolean, config: Config): Promise<readonly string[] | undefined> {
  return needed ? await (await import('./session/read-rows.ts')).rowsOf(config) : undefined
}

async function makeVersionFolder(
  options: LimbeckOptions,
  versionPath: string | undefined,
): Promise<void> {
  const { makeVersionPath } = await import('./authoring/write-script.ts')
  await makeVersionPath(resolveConfig(options).folders, versionPath)
}

/** The commands on one configuration. Files are read and a connection opened by each call for itself. */
export function createMigrator(options: LimbeckOptions): Migrator {
  return withCheckedOptions(migratorOf(options))
}

function migratorOf(options: LimbeckOptions): Migrator {
  let closed = false
  const load = async (): Promise<readonly [Config, Revisions]> => {
    if (closed) throw new TypeError('this migrator is closed')
    const config = resolveConfig(options)
    return [config, await (await import('./script/revisions.ts')).loadRevisions(config.folders)]
  }
  const makeFolder = (versionPath: string | undefined) => makeVersionFolder(options, versionPath)
  return {
    upgrade: async (target = 'heads', given = {}) =>
      (await import('./commands/upgrade.ts')).upgrade(...(await load()), { target, ...given }),
    fleet: async (target = 'heads', given = {}) => {
      const { fleet, withConfigured } = await import('./commands/fleet.ts')
      return await fleet(...(await load()), target, withConfigured(options.fleet, given))
    },
    downgrade: async (target, given = {}) =>
      (await import('./commands/downgrade.ts')).downgrade(...(await load()), {
        target,
        ...given,
      }),
    stamp: async (targets, given = {}) =>
      (await import('./commands/stamp.ts')).stamp(...(await load()), { targets, ...given }),
    current: async (given) =>
      (await import('./commands/current.ts')).current(...(await load()), given),
    status: async () => {
      const [config, { map }] = await load()
      return { rows: (await rowsWhen(true, config)) ?? [], heads: map.effectiveHeads }
    },
    heads: async (given) => (await import('./commands/heads.ts')).heads((await load())[1], given),
    history: async ({ range, indicateCurrent = false } = {}) => {
      const [config, revisions] = await load()
      const rows = await rowsWhen(indicateCurrent || mentionsCurrent(range ?? ''), config)
      return (await import('./commands/history.ts')).history(revisions, {
        range,
        rows,
        indicateCurrent,
      })
    },
    graph: async (given) => (await import('./commands/graph.ts')).graph(...(await load()), given),
    branches: async () => (await import('./commands/branches.ts')).branches((await load())[1]),
    show: async (target) => {
      const [config, revisions] = await load()
      return (await import('./commands/show.ts')).show(revisions, {
        target,
        rows: await rowsWhen(mentionsCurrent(target), config),
      })
    },
    merge: async (revisions, given) =>
      (await import('./commands/merge.ts')).merge(...(await load()), { revisions, ...given }),
    revision: async (given) => {
      await makeFolder(given.versionPath)
      return (await import('./commands/revision.ts')).revision(...(await load()), given)
    },
    fromDatabase: async (given) => {
      await makeFolder(given.versionPath)
      return (await import('./commands/from-database.ts')).fromDatabase(...(await load()), given)
    },
    doctor: async () => (await import('./commands/doctor.ts')).doctor(...(await load())),
    check: async (given) => (await import('./commands/check.ts')).check(...(await load()), given),
    lint: async (given) => (await import('./commands/lint.ts')).lint(...(await load()), given),
    autogenerate: async (given) => {
      await makeFolder(given.versionPath)
      return (await import('./commands/autogenerate.ts')).autogenerate(...(await load()), given)
    },
    diff: async (given) => (await import('./commands/diff.ts')).diff(...(await load()), given),
    createAll: async (given) =>
      (await import('./commands/create-all.ts')).createAll(...(await load()), given),
    ensureVersion: async (given) =>
      (await import('./commands/ensure-version.ts')).ensureVersion((await load())[0], given),
    close: async () => {
      closed = true
    },
  }
}
