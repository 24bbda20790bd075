/** A public repository whose models and migrations Limbeck is tried on. */
export interface Corpus {
  readonly name: string
  /** Its folder under the one given. */
  readonly folder: string
  readonly models: string
  /** Folder with `meta/_journal.json` of drizzle-kit. */
  readonly migrations: string
  readonly casing?: 'snake_case'
  /** tsconfig paths of the repository. */
  readonly alias?: Readonly<Record<string, string>>
}

/** Each needs nothing but drizzle-orm and a few small packages, and no extension of PostgreSQL. */
export const corpora: readonly Corpus[] = [
  {
    name: 'ctrlplane',
    folder: 'ctrlplanedev+ctrlplane/packages/db',
    models: 'src/schema/index.ts',
    migrations: 'drizzle',
  },
  { name: 'eikona', folder: 'eikona-io+api', models: 'schema.ts', migrations: 'drizzle' },
  {
    name: 'interchange',
    folder: 'faremeter+interchange/packages/db',
    models: 'src/schema/index.ts',
    migrations: 'migrations',
  },
  {
    name: 'inkeep manage',
    folder: 'inkeep+agents/packages/agents-core',
    models: 'src/db/manage/manage-schema.ts',
    migrations: 'drizzle/manage',
  },
  {
    name: 'Zero',
    folder: 'Mail-0+Zero/packages/db',
    models: 'src/schema.ts',
    migrations: 'migrations',
    alias: { '@zero/db': 'src' },
  },
  {
    name: 'llmgateway',
    folder: 'theopenco+llmgateway/packages/db',
    models: 'src/schema.ts',
    migrations: 'migrations',
    casing: 'snake_case',
  },
]
