import type { TableRows } from '../scratch/table-rows.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Finding } from './finding.ts'
import { firstInsert } from './first-mention.ts'

type Rows = ReadonlyMap<string, TableRows>

/** Reference rows that an upgraded database has and a created one has not, or the other way round. */
export async function checkRows(
  chain: Rows,
  created: Rows,
  revisions: Revisions,
): Promise<readonly Finding[]> {
  const tables = [...new Set([...chain.keys(), ...created.keys()])].toSorted()
  const findings: Finding[] = []
  for (const table of tables) {
    const [left, right] = [chain.get(table), created.get(table)]
    if (left?.hash !== right?.hash || left?.rows !== right?.rows)
      findings.push(await differs(table, { left, right }, revisions))
  }
  return findings
}

async function differs(
  table: string,
  { left, right }: { readonly left: TableRows | undefined; readonly right: TableRows | undefined },
  revisions: Revisions,
): Promise<Finding> {
  const mention = await firstInsert(table, revisions)
  const script = mention === null ? undefined : revisions.scripts.get(mention.revision)
  const [count, other] = [left?.rows ?? 0, right?.rows ?? 0]
  return {
    code: 'rows-differ',
    // Who has said skip has thought of it.
    severity: script?.fresh === 'skip' ? 'warning' : 'error',
    message:
      count === other
        ? `the ${count} row(s) of table ${table} are others by the chain than by create-all`
        : `table ${table} has ${count} row(s) by the chain and ${other} by create-all`,
    hint: `Write "-- fresh: run" into the header comment of ${script?.id ?? 'the revision that writes them'}, where new databases need these rows too; "-- fresh: skip" says that they do not.`,
    ...mention,
  }
}
