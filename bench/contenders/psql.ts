import path from 'node:path'
import type { Program } from '../contender.ts'
import { writeFiles } from '../write-files.ts'

/** Only applies: it knows nothing of what has been applied. */
export default {
  transaction: 'all',
  version: ['psql', '--version'],
  prepare: async (folder, migrations) => {
    const statements = migrations.flatMap((migration) => migration.statements)
    await writeFiles(folder, [{ id: '', statements }], () => 'all.sql')
  },
  command: (url, folder) => {
    const target = `${url}?sslmode=disable`
    const file = path.join(folder, 'all.sql')
    return ['psql', '-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', '-f', file, target]
  },
} satisfies Program
