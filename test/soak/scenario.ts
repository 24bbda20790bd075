import type { Report } from './report.ts'

/** `ci`: a few runs, in seconds; `full`: what `npm run soak` does. */
export type Size = 'ci' | 'full'

/** What a scenario has to work with. */
export interface Ground {
  /** Superuser URL of a server whose other databases it leaves alone. */
  readonly serverUrl: string
  /** A folder of its own, removed afterwards; PostgreSQL's user may enter it. */
  readonly folder: string
  /** Of all that is random: printed, so that a run can be had again. */
  readonly seed: number
}

/** Proves one promise: everything that it does not foresee is reported as unexplained. */
export type Scenario = (size: Size, report: Report, ground: Ground) => Promise<void>
