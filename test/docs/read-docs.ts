import { readFileSync } from 'node:fs'
import { codes, readTable } from '../support/pages.ts'

export const source = (file: string) => readFileSync(file, 'utf8')

/** What one group of a pattern finds in a source file: types leave nothing behind that a test could ask. */
export const found = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, name]) => name)

export const firstCells = (page: string, ...header: readonly string[]) =>
  readTable(page, ...header).flatMap(([cell]) => codes(cell))
