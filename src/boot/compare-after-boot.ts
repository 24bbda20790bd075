import type { BootFinding, BootOptions } from '../config/options.ts'
import type { Config } from '../config/resolve-config.ts'
import type { VersionState } from '../database/read-state.ts'
import type { RevisionNames } from '../script/revision-files.ts'
import type { BootConfig } from './boot-config.ts'
import type { Booted } from './boot-report.ts'
import { findEdited } from './edited-files.ts'

/** What a boot has read on its way. */
export interface Seen {
  readonly state: VersionState
  readonly files: RevisionNames
  readonly booted: Booted
}

/** Looks at what the outcome does not depend on, off the clock of a service that is waiting to serve. */
export function compareAfterBoot(
  config: Config,
  { state, files, booted }: Seen,
  bootConfig: BootConfig,
  options: BootOptions,
): void {
  const { outcome, to } = booted
  // Wherever something was pending, files were compared before it ran.
  if (outcome === 'current') tell(findEdited(state.recent, files), options)
  // A newer build's schema is that of other models, and for that build to compare.
  if (outcome === 'ahead') return
  if (config.models !== undefined && bootConfig.modelsAhead === 'warn')
    follow(
      import('./models-ahead.ts').then(({ findModelsAhead }) => findModelsAhead(config, files, to)),
      'the models were not compared with the revisions',
      // Why a database was not created from the models is in the log already.
      outcome === 'created' ? { ...options, logger: undefined } : options,
    )
  if (bootConfig.drift === 'warn')
    follow(
      import('./drift.ts').then(({ findDrift }) => findDrift(config)),
      'the catalog was not compared with what it was',
      options,
    )
}

/** Tells of what is found; what keeps it from being found stops no service. */
function follow(finding: Promise<BootFinding | null>, failure: string, options: BootOptions): void {
  finding.then(
    (found) => tell(found, options),
    (error) => {
      if (!options.signal?.aborted)
        options.logger?.warn(
          { err: error },
          `${failure}: ${error instanceof Error ? error.message : error}`,
        )
    },
  )
}

function tell(finding: BootFinding | null, { logger, onFinding }: BootOptions): void {
  if (finding === null) return
  const { message, ...facts } = finding
  logger?.warn(facts, message)
  try {
    onFinding?.(finding)
  } catch (error) {
    logger?.error({ err: error }, 'onFinding has thrown')
  }
}
