/** What a scenario did. */
export interface Report {
  run(): void
  kill(): void
  /** Counts one more end of that name. */
  outcome(name: string): void
  /** Keeps the longest of that name. */
  time(name: string, ms: number): void
  /** Something that no promise allows. */
  unexplained(what: string, facts?: unknown): void
  /** What could not be tried here, and why. */
  skipped(what: string): void
  readonly result: Result
}

export interface Result {
  runs: number
  kills: number
  readonly outcomes: Record<string, number>
  /** ms */
  readonly worst: Record<string, number>
  readonly unexplained: string[]
  readonly skipped: string[]
}

/** `onUnexplained` is told at once: a soak is long. */
export function newReport(onUnexplained: (line: string) => void = () => {}): Report {
  const result: Result = {
    runs: 0,
    kills: 0,
    outcomes: {},
    worst: {},
    unexplained: [],
    skipped: [],
  }
  return {
    result,
    run: () => {
      result.runs += 1
    },
    kill: () => {
      result.kills += 1
    },
    outcome: (name) => {
      result.outcomes[name] = (result.outcomes[name] ?? 0) + 1
    },
    time: (name, ms) => {
      result.worst[name] = Math.max(result.worst[name] ?? 0, Math.round(ms))
    },
    unexplained: (what, facts) => {
      const line = facts === undefined ? what : `${what}: ${JSON.stringify(facts)}`
      result.unexplained.push(line)
      onUnexplained(line)
    },
    skipped: (what) => {
      result.skipped.push(what)
    },
  }
}

/** One line a fact, for people. */
export function formatResult({ runs, kills, outcomes, worst, ...rest }: Result): readonly string[] {
  const list = (entries: Record<string, number>, unit = '') =>
    Object.entries(entries)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, value]) => `${name} ${value}${unit}`)
      .join(', ')
  return [
    `${runs} runs, ${kills} kills`,
    ...(Object.keys(outcomes).length > 0 ? [`outcomes: ${list(outcomes)}`] : []),
    ...(Object.keys(worst).length > 0 ? [`worst: ${list(worst, ' ms')}`] : []),
    ...rest.skipped.map((what) => `not tried: ${what}`),
    ...rest.unexplained.map((what) => `UNEXPLAINED ${what}`),
  ]
}
