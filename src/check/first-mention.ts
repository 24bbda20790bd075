import { planUpgrade } from '../revision/plan-upgrade.ts'
import { readText } from '../script/read-text.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Script } from '../script/script.ts'
import { lineAt } from '../sql/line-at.ts'

/** Where in the revision files something stands. */
export interface Mention {
  readonly revision: string
  readonly file: string
  readonly line: number
}

/** The first revision of the chain whose `.sql` file speaks of the object, and the line. */
export async function firstMention(object: string, revisions: Revisions): Promise<Mention | null> {
  const [, name = ''] = /^\w+ (.*?)(?:\(.*| on .*)?$/s.exec(object) ?? []
  const last = name.replace(/^.*\.(?=[^."]+$|"[^"]*"$)/, '').replaceAll('"', '')
  return await firstIn(revisions, ({ kind }, text) => {
    const at = text.indexOf('-- +upgrade')
    const found = kind === 'sql' ? indexOfWord(text.slice(at), last) : -1
    return found === -1 ? -1 : at + found
  })
}

/** The first revision of the chain that puts rows into the table, and the line. */
export async function firstInsert(table: string, revisions: Revisions): Promise<Mention | null> {
  const name = table.slice(table.indexOf('.') + 1).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const insert = new RegExp(
    `\\b(?:INSERT\\s+INTO|COPY|MERGE\\s+INTO)\\s+(?:"?[\\w$]+"?\\.)?"?${name}"?(?![\\w$])`,
    'i',
  )
  return await firstIn(revisions, (_, text) => text.search(insert))
}

async function firstIn(
  { map, scripts }: Revisions,
  indexIn: (script: Script, text: string) => number,
): Promise<Mention | null> {
  for (const { revision } of planUpgrade(map, [], 'heads')) {
    const script = scripts.get(revision)
    if (script === undefined) continue
    const text = await readText(script.file)
    const found = indexIn(script, text)
    if (found >= 0) return { revision, file: script.file, line: lineAt(text, found) }
  }
  return null
}

function indexOfWord(text: string, word: string): number {
  const isPart = (character: string | undefined) => /[\w$]/.test(character ?? ' ')
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!isPart(text[at - 1]) && !isPart(text[at + word.length])) return at
  }
  return -1
}
