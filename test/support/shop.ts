import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { locked, pack } from './packed.ts'
import { bash } from './reader-shell.ts'

/** What all pages of a run share: the packed library, and a project in which it is installed. */
export interface Shop {
  readonly tarball: string
  readonly peers: readonly string[]
  /** A folder with `node_modules`, the models and the configuration. */
  readonly folder: string
}

const models = `import { integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

export const orders = pgTable('orders', {
  id: uuid('id').primaryKey().defaultRandom(),
  customer: text('customer').notNull(),
  cents: integer('cents').notNull().default(0),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
})
`

const server = `import { drizzle } from 'drizzle-orm/postgres-js'
import Fastify from 'fastify'
import limbeck from 'limbeck/fastify'
import config from '../limbeck.config.js'
import * as models from './db/schema.js'

const url = process.env.DATABASE_URL ?? ''
const app = Fastify({ logger: true })
app.register(limbeck, { ...config, url, models })

const db = drizzle(url)
app.get('/orders', () => db.select().from(models.orders))

await app.listen({ port: Number(process.env.PORT ?? 3000) })
await app.limbeck.ready
`

export async function createShop(): Promise<Shop & { remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-shop-'))
  const packed = await pack()
  const peers = await locked('fastify', 'drizzle-orm', 'postgres')
  const install = ['npm init --yes', 'npm pkg set type=module']
  const kit = await locked('squawk-cli')
  await bash(
    `set -e\n${install.join('\n')}\nnpm install ${packed.tarball} ${[...peers, ...kit].join(' ')}\nnpm install --save-dev tsx`,
    {},
    folder,
  )
  await mkdir(path.join(folder, 'src/db'), { recursive: true })
  await writeFile(path.join(folder, 'src/db/schema.ts'), models)
  await writeFile(path.join(folder, 'src/server.ts'), server)
  return {
    tarball: packed.tarball,
    peers,
    folder,
    async remove() {
      await packed.remove()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The project's own compiler settings are the README's business only as far as they must be strict. */
export async function typeCheck(project: string): Promise<string> {
  const options = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2023',
      skipLibCheck: true,
      types: ['node'],
      typeRoots: [path.resolve('node_modules/@types')],
    },
    include: ['src', 'limbeck.config.ts'],
  }
  await writeFile(path.join(project, 'tsconfig.json'), JSON.stringify(options))
  return await bash(`'${path.resolve('node_modules/.bin/tsc')}' -p '${project}'`)
}
