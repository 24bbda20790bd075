import { splitAtBreakpoints } from '../script/drizzle-folder.ts'
import { readText } from '../script/read-text.ts'
import type { Revisions } from '../script/revisions.ts'
import { saysMoreThanModels } from '../script/says-more.ts'
import type { Script } from '../script/script.ts'
import { codeRange } from '../sql/text.ts'

/** Whether create-all stands for the chain of revisions. */
export type FreshProof =
  | { readonly is: 'proven' }
  /** The revisions do not say which models they lead to. */
  | { readonly is: 'unknown'; readonly reason: string }
  | { readonly is: 'refuted'; readonly reason: string }

/**
 * Whether a database that is made from the models is what the revisions would make: their newest fingerprint is that of the
 * models, and each revision with rows or code says what to do with it.
 */
export async function proveCreateAll(
  revisions: Revisions,
  fingerprint: string,
): Promise<FreshProof> {
  const { map, scripts } = revisions
  const written = await modelsWritten(map.effectiveHeads, (id) => scripts.get(id))
  if (written !== null && written.models !== fingerprint)
    return {
      is: 'refuted',
      reason: `the models are not those that revision ${written.id} was written from`,
    }
  const silent: string[] = []
  for (const script of scripts.values()) if (await needsFresh(script)) silent.push(script.id)
  if (silent.length > 0)
    return {
      is: 'refuted',
      reason: `${silent.join(', ')} ${silent.length === 1 ? 'has' : 'have'} rows or code, and no "fresh:" in the header comment`,
    }
  if (written !== null) return { is: 'proven' }
  const [head = ''] = map.effectiveHeads
  return { is: 'unknown', reason: `revision ${head} does not say which models it leads to` }
}

/** The newest revision that carries a fingerprint, and all of whose successors carry none; null where there is no single one. */
export async function modelsWritten(
  [head, ...others]: readonly string[],
  scriptOf: (id: string) => Script | undefined | Promise<Script | undefined>,
): Promise<{ readonly id: string; readonly models: string } | null> {
  if (others.length > 0) return null
  for (let id = head; id !== undefined; ) {
    const script = await scriptOf(id)
    if (script?.models) return { id, models: script.models }
    const [parent, ...more] = script?.parents ?? []
    id = more.length > 0 ? undefined : parent
  }
  return null
}

/** Whether its upgrade has rows or code, and nothing says whether a fresh database needs them. */
export async function needsFresh(script: Script): Promise<boolean> {
  if (script.fresh !== null) return false
  if (script.kind === 'ts') return true
  return saysMoreThanModels(upgradeOf(await readText(script.file)))
}

/** Whether the chain begins with a revision that builds nothing: it stands for tables that were there before. */
export async function hasEmptyBaseline({ map, scripts }: Revisions): Promise<boolean> {
  const [base] = map.bases
  const script = base === undefined ? undefined : scripts.get(base)
  if (script?.kind !== 'sql') return false
  const text = await readText(script.file)
  const pieces = script.format === 'drizzle' ? splitAtBreakpoints(text) : [{ sql: upgradeOf(text) }]
  return pieces.every(({ sql }) => codeRange(sql).end === 0)
}

function upgradeOf(text: string): string {
  const from = /^[ \t]*--[ \t]*\+upgrade[ \t]*$/m.exec(text)
  const body = from === null ? text : text.slice(from.index + from[0].length)
  const end = /^[ \t]*--[ \t]*\+downgrade[ \t]*$/m.exec(body)
  return end === null ? body : body.slice(0, end.index)
}
