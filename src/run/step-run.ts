import type { Direction, Step } from '../revision/revision.ts'
import type { Session } from '../session/session.ts'
import type { CompiledStep } from './compile-step.ts'

/** One step as it was carried out. */
export interface AppliedStep {
  readonly revision: string
  readonly direction: Direction
  readonly message: string
  readonly durationMs: number
}

/** How far a run has come. */
export interface RunProgress {
  readonly total: number
  readonly applied: AppliedStep[]
}

/** One step on its way: itself, the session it runs in, and what of it the steps around it decide. */
export interface StepRun {
  readonly session: Session
  readonly step: CompiledStep
  /** What was committed before, in this run. */
  readonly applied: readonly string[]
  /** For how long a statement may wait for a table lock, ms. */
  readonly lockTimeoutMs: number
  /** Told how many rows the running backfill has changed. */
  readonly onRows: (rows: number) => void
  /** The step that was sent right before, of which it is not known whether it has run. */
  readonly after?: Step | undefined
  /** A later commit makes this one durable too: the disk need not be waited for. */
  readonly isFlushedLater: boolean
  /** The statement that records a step is prepared in this session. */
  readonly isPrepared: boolean
  /** The body leaves the session as it is: nothing has to be taken back, neither for what records the step nor for the next one. */
  readonly isQuiet: boolean
  /** What the settings of a step are, where they are worded once for many. */
  readonly settings?: readonly string[]
}

/** A step by itself, with what differs. */
export function stepRun(
  session: Session,
  step: CompiledStep,
  more: Partial<StepRun> = {},
): StepRun {
  return {
    session,
    step,
    applied: [],
    lockTimeoutMs: session.config.lockTimeoutMs,
    onRows: () => {},
    isFlushedLater: false,
    isPrepared: false,
    isQuiet: false,
    ...more,
  }
}
