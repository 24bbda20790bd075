export { assertAgrees, matchers } from './agree.ts'
export {
  createTestDatabases,
  type TestDatabase,
  type TestDatabaseOptions,
  type TestDatabases,
} from './databases.ts'
export { databaseFixture, type TestHooks, useTestDatabase } from './hooks.ts'
export {
  type StartedTestServer,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from './server.ts'
