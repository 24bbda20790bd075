import { setImmediate } from 'node:timers/promises'
import { type BootOptions, type BootReport, initDb, type Migrator } from '../index.ts'
import type { Health } from './health.ts'

/** What a boot in the background tells, and what stops it. */
export interface Surroundings {
  readonly health: Health
  readonly migrator: Migrator
  readonly stop: AbortSignal
  /** What a boot that is over has returned. */
  readonly report?: BootReport | undefined
}

/**
 * Runs `initDb()` beside the host's own start, whose clock (avvio's, say) would cut a long migration off, and keeps
 * `health` up to date. A promise that is not awaited shows its failure in `health`: it is never left unhandled.
 */
export function bootInBackground(
  options: BootOptions,
  { health, migrator, stop, report: known }: Surroundings,
): Promise<BootReport> {
  const signal = options.signal ? AbortSignal.any([options.signal, stop]) : stop
  const readHeads = once(async () => {
    const heads = await migrator.heads()
    health.foundHeads(heads.map((head) => head.revision))
  })
  const onProgress: BootOptions['onProgress'] = (progress) => {
    // While connecting it is not known yet whether anything beyond the heads is worth telling.
    if (progress.state !== 'connecting') readHeads()
    health.progressed(progress)
    options.onProgress?.(progress)
  }
  const boot = async (): Promise<BootReport> => {
    try {
      if (known) health.succeeded(known)
      if (known) return known
      // The next turn: what the host registers in this one is in place when the first step runs.
      await setImmediate()
      const report = await initDb({ ...options, signal, onProgress })
      health.succeeded(report)
      if (report.outcome === 'ahead' || report.outcome === 'off') readHeads()
      return report
    } catch (error) {
      health.failed(error)
      readHeads()
      throw error
    }
  }
  const ready = boot()
  ready.catch(ignore)
  return ready
}

// Heads adorn the report: files that cannot be read fail the boot itself, with a better message.
function once(work: () => Promise<void>): () => void {
  let begun = false
  return () => {
    if (!begun) work().catch(ignore)
    begun = true
  }
}

function ignore(): void {}
