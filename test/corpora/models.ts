import path from 'node:path'
import { createJiti } from 'jiti'
import { schemaFromModels } from '../../src/models/from-drizzle/schema-from-models.ts'
import type { Schema } from '../../src/schema/schema.ts'
import type { Corpus } from './corpora.ts'

/** The models of a repository that is checked out at `folder`. */
export async function readCorpusModels(corpus: Corpus, folder: string): Promise<Schema> {
  const models = await importCorpusModels(corpus, folder)
  return schemaFromModels(models, corpus.casing ? { casing: corpus.casing } : {})
}

/** The same as a module namespace. */
export async function importCorpusModels(
  corpus: Corpus,
  folder: string,
): Promise<Record<string, unknown>> {
  const alias = Object.fromEntries(
    Object.entries(corpus.alias ?? {}).map(([name, target]) => [name, path.join(folder, target)]),
  )
  const jiti = createJiti(import.meta.url, { alias })
  return await jiti.import<Record<string, unknown>>(path.join(folder, corpus.models))
}
