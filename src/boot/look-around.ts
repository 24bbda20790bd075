import type { BootFinding, BootOptions } from '../config/options.ts'
import type { Config } from '../config/resolve-config.ts'
import type { VersionState } from '../database/read-state.ts'
import type { RevisionNames } from '../script/revision-files.ts'
import type { BootConfig } from './boot-config.ts'
import type { Booted } from './boot-report.ts'
import { findEdited } from './edited-files.ts'

/** What a boot has read on its way. */
export interface Seen {
  readonly config: Config
  readonly state: VersionState
  readonly files: RevisionNames
  readonly booted: Booted
}

/** Looks at what the outcome does not depend on, off the clock of a service that is waiting to serve. */
export function lookAround(seen: Seen, bootConfig: BootConfig, options: BootOptions): void {
  const { state, files, booted, config } = seen
  const { outcome, to } = booted
  // Wherever something was pending, files were compared before it ran.
  if (outcome === 'current') tell(findEdited(state.recent, files), options)
  // A newer build's schema is that of other models.
  if (outcome !== 'ahead' && config.models !== undefined && bootConfig.modelsAhead === 'warn')
    import('./models-ahead.ts')
      .then(({ findModelsAhead }) => findModelsAhead(config, files, to))
      // Why a database was not created from the models is in the log already.
      .then((finding) =>
        tell(finding, outcome === 'created' ? { ...options, logger: undefined } : options),
      )
      .catch((error) => notCompared(error, options))
}

function notCompared(error: unknown, { logger }: BootOptions): void {
  logger?.warn({ err: error }, `the models were not compared with the revisions: ${String(error)}`)
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
