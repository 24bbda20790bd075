import { withSql } from '../support/database.ts'
import { idOf, type Link } from './folder.ts'

/** Revisions that each make a table and say that they ran; every tenth has what `everyTenth` adds. */
export function countedChain(
  steps: number,
  { everyTenth = {} }: { readonly everyTenth?: { readonly head?: readonly string[] } } = {},
): Readonly<Record<string, Link>> {
  const links = Array.from({ length: steps }, (_, index): [string, Link] => {
    const id = idOf(index + 1)
    const first = index === 0 ? 'CREATE TABLE ran (step text);\n' : ''
    const up = `${first}CREATE TABLE ${id} (id int);\nINSERT INTO ran VALUES ('${id}');\nSELECT pg_sleep(0.02);`
    return [id, index % 10 === 9 ? { up, ...everyTenth } : { up }]
  })
  return Object.fromEntries(links)
}

/** How many steps ran, how many of them are different, the version, and how many are recorded. */
export async function countedState(url: string): Promise<string> {
  return await withSql(url, async (sql) => {
    const [row] = await sql<{ state: string }[]>`
      SELECT concat_ws(' ', count(*), count(DISTINCT step), (SELECT version_num FROM limbeck_version), (SELECT count(*) FROM limbeck_history)) AS state FROM ran`
    return row?.state ?? ''
  })
}

/** `countedState` when every step ran once. */
export const countedEnd = (steps: number) => `${steps} ${steps} ${idOf(steps)} ${steps}`
