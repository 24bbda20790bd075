/** The middle of the values and how far their middle half spreads to either side. */
export interface Summary {
  readonly median: number
  readonly spread: number
}

/** The median; NaN of nothing. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function summarize(values: readonly number[]): Summary {
  return {
    median: median(values),
    spread: (quantile(values, 0.75) - quantile(values, 0.25)) / 2,
  }
}

/** Each value over the floor of its own round: what both of them shared, the load of the machine, cancels out. */
export function medianRatio(values: readonly number[], floor: readonly number[]): number {
  return median(values.map((value, round) => value / (floor[round] ?? Number.NaN)))
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const low = sorted[Math.floor(position)] ?? Number.NaN
  const high = sorted[Math.ceil(position)] ?? Number.NaN
  return low + (high - low) * (position - Math.floor(position))
}
