export { initDb } from './boot/init-db.ts'
export type { AutogenerateOptions } from './config/autogenerate-options.ts'
export { type ConfigFile, defineConfig } from './config/define-config.ts'
export type {
  BootFinding,
  BootOptions,
  BootReport,
  HookStep,
  LimbeckOptions,
  Logger,
  Models,
  Outcome,
  PostWriteHook,
  Progress,
  StepHooks,
} from './config/options.ts'
export type { LockHolder } from './database/lock-holder.ts'
export {
  LimbeckError,
  type LimbeckErrorCode,
  type LimbeckErrorDetails,
  type Question,
} from './errors.ts'
export {
  type AppliedStep,
  type ApprovedPlan,
  type ApprovedStep,
  type AutogenerateReport,
  type AutogenerateRevisionOptions,
  type BranchPoint,
  type ChangesOptions,
  type CheckOptions,
  type CheckReport,
  type CreateAllReport,
  type CurrentOptions,
  type CurrentReport,
  createMigrator,
  type DiffReport,
  type EnsureVersionReport,
  type Finding,
  type FleetMember,
  type FleetOptions,
  type FleetOutcome,
  type FleetProgress,
  type FleetReport,
  type FleetRunOptions,
  type FromDatabaseOptions,
  type FromDatabaseReport,
  type LintOptions,
  type LintReport,
  type MergeOptions,
  type Migrator,
  type RevisionInfo,
  type RevisionMark,
  type RevisionOptions,
  type RunKind,
  type RunOptions,
  type RunReport,
  type StampOptions,
  type StampReport,
  type WrittenRevision,
} from './migrator.ts'
export type { BackfillOptions, RevisionContext } from './run/context/revision-context.ts'
export type { Operation } from './schema/operation.ts'
