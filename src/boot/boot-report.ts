import type { BootReport } from '../config/options.ts'

/** What a boot did, before it is timed and logged. */
export type Booted = Omit<BootReport, 'durationMs'>
