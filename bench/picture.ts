/** What became of one start of many replicas with one pending UPDATE. */
export interface Start {
  /** How often the UPDATE was applied. */
  readonly applied: number
  /** Processes that reported success. */
  readonly succeeded: number
}

/** The start in the middle, by how often the UPDATE was applied. */
export function typicalStart(starts: readonly Start[] = []): Start | undefined {
  const sorted = starts.toSorted((a, b) => a.applied - b.applied)
  return sorted[Math.floor(sorted.length / 2)]
}

/** The picture of the README: a square a replica, red where it applied the migration once more. */
export function replicasPicture(replicas: number, drizzle: Start, limbeck: Start): string {
  const label = `${replicas} replicas start at once with one pending migration. With drizzle's migrate() it is applied ${times(drizzle.applied)}. With initDb() it is applied ${times(limbeck.applied)}.`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 190" width="720" height="190" role="img" aria-label="${label}">
<style>text{font:14px ui-sans-serif,system-ui,sans-serif;fill:#4b5563}.t{font-weight:600;fill:#111827}.x{fill:#dc2626}.o{fill:#16a34a}.w{fill:#cbd5e1}@media(prefers-color-scheme:dark){text{fill:#9ca3af}.t{fill:#f3f4f6}.w{fill:#475569}}</style>
<text x="8" y="22" class="t">${replicas} replicas start at once, one migration is pending</text>
<text x="8" y="64" class="t">drizzle migrate()</text>
${squares(48, replicas, drizzle.applied)}
<text x="160" y="90">one pending UPDATE is applied ${times(drizzle.applied)}; ${drizzle.succeeded} processes report success</text>
<text x="8" y="130" class="t">initDb()</text>
${squares(114, replicas, limbeck.applied)}
<text x="160" y="156">it is applied ${times(limbeck.applied)}; ${limbeck.succeeded} processes report success</text>
</svg>
`
}

const times = (count: number) => (count === 1 ? 'once' : `${count} times`)

function squares(y: number, replicas: number, applied: number): string {
  const first = applied === 1 ? 'o' : 'x'
  const kind = (at: number) => (at >= applied ? 'w' : first)
  return Array.from(
    { length: replicas },
    (_, at) =>
      `<rect x="${160 + 27 * at}" y="${y}" width="21" height="21" rx="4" class="${kind(at)}"/>`,
  ).join('\n')
}
