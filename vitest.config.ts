import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { sortTests, type Tier } from './test/support/tiers.ts'

const source = (file: string) => fileURLToPath(new URL(`src/${file}`, import.meta.url))

const tiers = sortTests()

/** TEST_DRIZZLE=1.0: whoever names drizzle-orm, sources and tests alike, meets that version. */
const drizzle =
  process.env.TEST_DRIZZLE === '1.0'
    ? [{ find: /^drizzle-orm(?=$|\/)/, replacement: 'drizzle-orm-1' }]
    : []

/** `unit` needs no server: nothing is started for it. */
const project = (name: Tier) => ({
  extends: true as const,
  test: {
    name,
    include: [...tiers[name]],
    ...(name === 'unit' ? {} : { globalSetup: ['test/support/global-setup.ts'] }),
  },
})

export default defineConfig({
  resolve: {
    // Tests that run in this process meet the sources; those that spawn a process meet dist.
    alias: [
      ...drizzle,
      { find: /^limbeck$/, replacement: source('index.ts') },
      { find: /^limbeck\/fastify$/, replacement: source('fastify/plugin.ts') },
      { find: /^limbeck\/bundle$/, replacement: source('bundle/index.ts') },
      { find: /^limbeck\/embedded$/, replacement: source('embedded/index.ts') },
      { find: /^limbeck\/testing$/, replacement: source('testing/index.ts') },
      { find: /^limbeck\/http$/, replacement: source('http/index.ts') },
      { find: /^limbeck\/graph$/, replacement: source('revision/index.ts') },
    ],
  },
  test: {
    // Most of a test is waiting for PostgreSQL or a process: more workers than vitest would take on few cores.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    // For what hangs: a machine that is slow and busy is no failure.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    projects: [project('unit'), project('database'), project('process')],
  },
})
