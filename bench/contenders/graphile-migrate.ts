import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { Logger, migrate } from 'graphile-migrate'
import type { Library } from '../contender.ts'
import { writeFiles } from '../write-files.ts'

export default {
  transaction: 'each',
  prepare: async (folder, migrations) => {
    const committed = path.join(folder, 'committed')
    await mkdir(committed, { recursive: true })
    let previous = ''
    await writeFiles(
      committed,
      migrations,
      (_, number) => `${String(number).padStart(6, '0')}.sql`,
      (sql) => {
        const hashed = `${`${previous}\n${sql.trim()}`.trim()}\n`
        const hash = `sha1:${createHash('sha1').update(hashed).digest('hex')}`
        const head = `--! Previous: ${previous || '-'}\n--! Hash: ${hash}\n\n`
        previous = hash
        return head + sql
      },
    )
  },
  migrate: async (url, folder) => {
    const logger = new Logger(() => () => {})
    await migrate({ connectionString: url, migrationsFolder: folder, logger })
  },
} satisfies Library
