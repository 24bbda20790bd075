import type { LimbeckError } from '../errors.ts'

/** Which databases, or which schemas of one database, are migrated together: one of the three lists. */
export interface FleetOptions {
  /** Schemas of the configured database: names, or a query whose first column has them. */
  readonly schemas?: readonly string[] | string | undefined
  /** Databases on the configured server: names, or a query whose first column has them. */
  readonly databases?: readonly string[] | string | undefined
  /** URLs, or what finds them out. */
  readonly urls?: readonly string[] | (() => Promise<readonly string[]>) | undefined
  /** Connections that migrate at the same time. Default: 4. */
  readonly concurrency?: number | undefined
  /** Build members that are empty, and schemas that are missing. Default: false, they are failures. */
  readonly create?: boolean | undefined
}

/** What one run of the fleet is told; a list replaces the configured one. */
export interface FleetRunOptions extends FleetOptions {
  /** Find out who is behind and by how much; change nothing. Default: false. */
  readonly plan?: boolean | undefined
  /** Told of every member as it is done with. */
  readonly onMember?: ((member: FleetMember, progress: FleetProgress) => void) | undefined
}

/** How far a run has come. */
export interface FleetProgress {
  readonly done: number
  readonly total: number
}

/** `behind`: not migrated, since it was only planned or the run was stopped before; `waited`: another process has done it. */
export type FleetOutcome =
  | 'current'
  | 'upgraded'
  | 'created'
  | 'resumed'
  | 'adopted'
  | 'waited'
  | 'behind'
  | 'failed'

/** What became of one schema or database. */
export interface FleetMember {
  /** The schema, the database, or host and database of the URL. */
  readonly name: string
  readonly outcome: FleetOutcome
  /** Version rows found, sorted. */
  readonly from: readonly string[]
  /** Version rows left, sorted; of a plan: where it would lead. */
  readonly to: readonly string[]
  /** Revisions run by this process, in order; of a plan: those that would be. */
  readonly applied: readonly string[]
  /** Revisions that a member made from the models stands for without their having run. */
  readonly stamped?: readonly string[]
  readonly durationMs: number
  /** Why it failed; its `details.applied` stays applied. */
  readonly error?: LimbeckError
}

/** What `fleet` returns: a failed member is an answer, and the others go on. */
export interface FleetReport {
  readonly kind: 'run' | 'plan'
  /** In the order of the list. */
  readonly members: readonly FleetMember[]
  readonly totals: Readonly<Record<FleetOutcome, number>>
  readonly durationMs: number
}
