import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { newDatabase, type TestDatabase, withSql } from '../support/database.ts'
import type { Corpus } from './corpora.ts'

/** What a repository's database was after one of its migrations. */
export interface State {
  readonly tag: string
  readonly database: TestDatabase
}

/**
 * Runs the journal and keeps a database of each state of `wanted` (positions in the journal). A statement that fails
 * is skipped, as whoever wrote the migration must have got past it, and counted.
 */
export async function replay(
  serverUrl: string,
  corpus: Corpus,
  folder: string,
  wanted: ReadonlySet<number>,
): Promise<{ readonly states: readonly State[]; readonly failed: readonly string[] }> {
  const states: State[] = []
  const failed: string[] = []
  const current = await newDatabase(serverUrl)
  for (const [at, tag] of (await journal(corpus, folder)).entries()) {
    const file = path.join(folder, corpus.migrations, `${tag}.sql`)
    const statements = (await readFile(file, 'utf8')).split('--> statement-breakpoint')
    await withSql(current.url, async (sql) => {
      for (const statement of statements) {
        if (statement.trim() === '') continue
        await sql.unsafe(statement).catch((error: unknown) => failed.push(`${tag}: ${error}`))
      }
    })
    if (wanted.has(at)) states.push({ tag, database: await newDatabase(serverUrl, current.name) })
  }
  await current.drop()
  return { states, failed }
}

/** The tags of the journal, in its order. */
export async function journal(corpus: Corpus, folder: string): Promise<readonly string[]> {
  const file = path.join(folder, corpus.migrations, 'meta/_journal.json')
  const { entries } = JSON.parse(await readFile(file, 'utf8')) as { entries: { tag: string }[] }
  return entries.map(({ tag }) => tag)
}
