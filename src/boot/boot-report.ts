import type { BootReport, Outcome } from '../config/options.ts'

/** What a boot did, before it is timed and logged. */
export type Booted = Omit<BootReport, 'durationMs'>

/** A boot that a peer has done meanwhile. */
export function waitedFor(
  from: readonly string[] | null,
  to: readonly string[] | null,
  waitedMs: number,
): Booted {
  return { outcome: 'waited', from: from ?? [], to: to ?? [], applied: [], stamped: [], waitedMs }
}

/** A boot that has moved nothing. */
export function unchanged(outcome: Outcome, rows: readonly string[]): Booted {
  return { outcome, from: rows, to: rows, applied: [], stamped: [], waitedMs: 0 }
}
