import { extensionIn } from '../autogenerate/first-causes.ts'
import { planUpgrade } from '../revision/plan-upgrade.ts'
import { readText } from '../script/read-text.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Script } from '../script/script.ts'

/** PostgreSQL's answers for a type, a function, a relation and a schema that are not there. */
const undefinedStates: ReadonlySet<string> = new Set(['42704', '42883', '42P01', '3F000'])

const kinds =
  'FUNCTION|PROCEDURE|AGGREGATE|TYPE|DOMAIN|COLLATION|SEQUENCE|SCHEMA|OPERATOR\\s+CLASS|TEXT\\s+SEARCH\\s+CONFIGURATION'

/**
 * What to write where create-all lacks an object that a revision makes; null where no revision is known to. Models cannot say
 * an extension, a function, a domain, a type or a collation, and their tables may lean on it.
 */
export async function missingObjectHint(
  { map, scripts }: Revisions,
  { reason, sqlstate }: { readonly reason: string; readonly sqlstate: string | undefined },
): Promise<string | null> {
  const made = undefinedStates.has(sqlstate ?? '') ? makerOf(reason) : null
  if (made === null) return null
  for (const { revision } of planUpgrade(map, [], 'heads')) {
    const script = scripts.get(revision)
    if (!script || script.fresh === 'before') continue
    const text = await readText(script.file)
    const what = made.exec(text)?.[0].replace(/\s+/g, ' ')
    if (what !== undefined) return hintFor(script, what, makesTables(text))
  }
  return null
}

/** A pattern of the statement that makes what the message misses. */
function makerOf(reason: string): RegExp | null {
  const [, missing] =
    /(?:type|function|collation|operator class|schema|text search configuration|relation) "?((?:[\w$]+\.)*[\w$]+)"?.*does not exist/s.exec(
      reason,
    ) ?? []
  const name = missing?.slice(missing.lastIndexOf('.') + 1)
  if (name === undefined) return null
  const extensions = [name, extensionIn(reason)].filter((each) => each !== undefined).join('|')
  return new RegExp(
    `\\bCREATE\\s+(?:EXTENSION\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?"?(?:${extensions})"?(?![\\w-])|(?:OR\\s+REPLACE\\s+)?(?:${kinds})\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?(?:"?[\\w$]+"?\\.)?"?${name.replaceAll('$', '\\$')}"?(?![\\w$]))`,
    'i',
  )
}

const makesTables = (text: string): boolean =>
  /^\s*(?:CREATE\s+(?:UNLOGGED\s+)?TABLE|ALTER\s+TABLE|CREATE\s+(?:UNIQUE\s+)?INDEX)\b/im.test(text)

function hintFor({ id, kind }: Script, what: string, isMixed: boolean): string {
  const line = kind === 'ts' ? "export const fresh = 'before'" : '-- fresh: before'
  return isMixed
    ? `Revision ${id} has ${what} beside tables: put it into a revision of its own with "${line}", or build empty databases by the revisions, fresh: 'chain'.`
    : `Revision ${id} has ${what}: write "${line}" into its ${kind === 'ts' ? 'exports' : 'header comment'}, so that it runs before the models' tables.`
}
