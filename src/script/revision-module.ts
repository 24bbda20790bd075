/** What a `.ts` revision exports. `Context` is what the runner hands to its bodies. */
export interface RevisionModule<Context = unknown> {
  readonly revision: string
  /** Parents: null for a base, several for a merge point. */
  readonly downRevision: string | readonly string[] | null
  readonly labels?: string | readonly string[]
  readonly dependsOn?: string | readonly string[]
  /** `'none'`: runs outside a transaction, and may be interrupted in the middle. */
  readonly transaction?: 'none'
  /** Why it is irreversible; `downgrade` may then be missing. */
  readonly irreversible?: string
  /** Whether the previous release can serve on this schema. */
  readonly compatible?: boolean | 'yes' | 'no'
  /** What a database that is made from the models does with it: run it before their DDL, after it, or not at all. */
  readonly fresh?: 'before' | 'run' | 'skip'
  /** Fingerprint of the models at this revision. */
  readonly models?: string
  readonly upgrade: RevisionBody<Context>
  readonly downgrade?: RevisionBody<Context>
}

/** One body of a `.ts` revision. */
export type RevisionBody<Context> = (ctx: Context) => void | Promise<void>
