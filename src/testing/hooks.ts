import {
  createTestDatabases,
  type TestDatabase,
  type TestDatabaseOptions,
  type TestDatabases,
} from './databases.ts'

type Hook = (work: () => Promise<void>) => unknown

/** The hooks of Vitest, Jest and Bun, or (`before`, `after`) of `node:test`. */
export type TestHooks = { readonly beforeEach: Hook; readonly afterEach: Hook } & (
  | { readonly beforeAll: Hook; readonly afterAll: Hook }
  | { readonly before: Hook; readonly after: Hook }
)

/**
 * A migrated database for each test of a file, whatever runs them: `const database = useTestDatabase(hooks, options)`, where
 * `hooks` is the namespace of the test framework, then `database().url` in a test.
 */
export function useTestDatabase(
  hooks: TestHooks,
  options: TestDatabaseOptions = {},
): () => TestDatabase {
  let databases: TestDatabases | undefined
  let current: TestDatabase | undefined
  const [beforeAll, afterAll] =
    'beforeAll' in hooks ? [hooks.beforeAll, hooks.afterAll] : [hooks.before, hooks.after]
  beforeAll(async () => {
    databases = await createTestDatabases(options)
  })
  hooks.beforeEach(async () => {
    current = await databases?.create()
  })
  hooks.afterEach(async () => {
    await current?.drop()
    current = undefined
  })
  afterAll(async () => {
    await databases?.close()
  })
  return () => {
    if (current !== undefined) return current
    throw new TypeError('a test database exists while a test runs, and neither before nor after')
  }
}

/** A fixture for Vitest's `test.extend({ database: databaseFixture(databases) })`. */
export function databaseFixture(databases: TestDatabases) {
  // Vitest reads from the text of the function which other fixtures it wants, and takes no other form.
  return async (
    { task: _ }: { readonly task: unknown },
    use: (database: TestDatabase) => Promise<void>,
  ): Promise<void> => {
    const database = await databases.create()
    try {
      await use(database)
    } finally {
      await database.drop()
    }
  }
}
