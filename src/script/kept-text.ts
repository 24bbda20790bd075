import { readText } from './read-text.ts'
import type { Script } from './script.ts'
import { parseSqlHeader, type SqlHeader } from './sql-script.ts'

/** A `.sql` revision as its file holds it. */
export interface WholeText {
  readonly text: string
  /** Index of the line after the `-- +upgrade` marker. */
  readonly bodyStart: number
}

/** Texts that were read with their headers, for as long as the script is known. */
const kept = new WeakMap<Script, WholeText>()

/** Keeps all of a small file for when its bodies are wanted: opening it takes as long as all else that is done with it. */
export function keepText(script: Script, whole: WholeText): void {
  kept.set(script, whole)
}

/** The text of a `.sql` revision and its header: what was kept, once, or the file as it is now. */
export async function textOf(script: Script): Promise<SqlHeader & WholeText> {
  const found = kept.get(script)
  if (found) {
    kept.delete(script)
    return { script, ...found }
  }
  const text = await readText(script.file)
  return { text, ...parseSqlHeader(script.file, text) }
}
