import { setImmediate, setTimeout } from 'node:timers/promises'
import { type BootOptions, type BootReport, initDb, LimbeckError, type Migrator } from '../index.ts'
import type { Health } from './health.ts'

/** What the host knows of a boot already, and what it does when that fails. */
export interface HostBoot {
  /** What a boot that is over has returned. */
  readonly report?: BootReport | undefined
  /** Called when a boot has failed for good, not when it was stopped. */
  readonly onFailed: () => void
}

/** A boot in the background. */
export interface BackgroundBoot {
  /** The first attempt. */
  readonly ready: Promise<BootReport>
  /** Never rejects: the boot is done, has failed for good, or was stopped. */
  readonly over: Promise<void>
}

/** Before the next attempt, ms: doubled each time. */
const pauses = { first: 1000, longest: 15_000 }

/**
 * Runs `initDb()` beside the host's own start, whose clock (avvio's, say) would cut a long migration off, and keeps
 * `health` up to date. A promise that is not awaited shows its failure in `health`: it is never left unhandled. While the
 * server cannot be reached it is tried again, so that the promise need not be awaited for it.
 */
export function bootInBackground(
  options: BootOptions & { readonly signal: AbortSignal },
  migrator: Migrator,
  health: Health,
  { report: known, onFailed }: HostBoot,
): BackgroundBoot {
  const { signal } = options
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
  const onFinding: BootOptions['onFinding'] = (finding) => {
    health.found(finding)
    options.onFinding?.(finding)
  }
  const boot = async (): Promise<BootReport> => {
    try {
      if (known) health.succeeded(known)
      if (known) return known
      // The next turn: what the host registers in this one is in place when the first step runs.
      await setImmediate()
      const report = await initDb({ ...options, onProgress, onFinding })
      health.succeeded(report)
      if (report.outcome === 'ahead' || report.outcome === 'off') readHeads()
      return report
    } catch (error) {
      if (isPassing(error) && !signal.aborted) health.delayed(error)
      else health.failed(error)
      readHeads()
      throw error
    }
  }
  const follow = async (first: Promise<BootReport>): Promise<void> => {
    let attempt = first
    for (let pause = pauses.first; ; pause = Math.min(2 * pause, pauses.longest)) {
      const error = await attempt.then(
        () => null,
        (thrown: unknown) => ({ thrown }),
      )
      if (error === null || signal.aborted) return
      if (!isPassing(error.thrown)) return onFailed()
      // It keeps no process alive that has nothing else to do.
      await setTimeout(pause, undefined, { signal, ref: false }).catch(ignore)
      if (signal.aborted) return
      attempt = boot()
    }
  }
  const ready = boot()
  return { ready, over: follow(ready) }
}

/** What time alone may mend. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof LimbeckError &&
    (error.code === 'LIMBECK_CONNECTION_FAILED' || error.code === 'LIMBECK_CONNECTION_LOST')
  )
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
