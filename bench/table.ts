import type { Series } from './bench.ts'
import type { Sample } from './run-child.ts'
import { median, medianRatio, summarize } from './statistics.ts'

type All = ReadonlyMap<string, Series>
type Pick = (sample: Sample) => number | undefined

/** A Markdown table; the first column is text, the others are figures. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = header.map((_, column) => (column === 0 ? '---' : '--:'))
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Median, spread and the ratio to the floor of the same rounds. Of a program there is its process, held against the floor's. */
export function callCell(all: All, name: string, floor: string): string {
  const sample = all.get(name)?.samples[0]
  return sample && sample.ms === undefined
    ? `process: ${ratioCell(all, name, floor, wholeMs)}`
    : ratioCell(all, name, floor, callMs)
}

export const callMs = ({ ms }: Sample) => ms
export const wholeMs = (sample: Sample) => sample.wholeMs

/** Median, spread and the ratio to the floor of the same rounds. */
export function ratioCell(all: All, name: string, floor: string, pick: Pick): string {
  const values = pickAll(all, name, pick)
  if (values.length === 0) return missing(all, name)
  const { median, spread } = summarize(values)
  const times = `${number(median)} ±${number(spread)}`
  return name === floor ? times : `${times} (${number(ratio(all, name, floor, pick))}×)`
}

/** The median alone. */
export function valueCell(all: All, name: string, pick: Pick): string {
  const values = pickAll(all, name, pick)
  return values.length === 0 ? missing(all, name) : number(median(values))
}

/** How many times the floor; NaN where either was not measured. */
export function ratio(all: All, name: string, floor: string, pick: Pick): number {
  return medianRatio(pickAll(all, name, pick), pickAll(all, floor, pick))
}

/** Three digits are enough. */
export function number(value: number): string {
  if (Number.isNaN(value)) return '–'
  const below100 = value >= 10 ? 1 : 2
  return value.toLocaleString('en', { maximumFractionDigits: value >= 100 ? 0 : below100 })
}

function pickAll(all: All, name: string, pick: Pick): readonly number[] {
  const values = all.get(name)?.samples.map(pick) ?? []
  return values.filter((value) => value !== undefined)
}

function missing(all: All, name: string): string {
  return all.get(name)?.failure === undefined ? '–' : 'failed'
}
