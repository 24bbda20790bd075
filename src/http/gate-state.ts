import type { Health } from './health.ts'

/** What the answers of one gate are made from. */
export interface GateState {
  readonly health: Health
  /** What `Retry-After` says, seconds. */
  readonly retryAfter: number
  /** Whether who asks for health may have it in full. */
  readonly isTrusted: (request: unknown) => boolean
}
