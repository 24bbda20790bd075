import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import postgres from 'postgres'
import type { Library } from './contender.ts'

interface Numbered {
  readonly number: number
  readonly body: string
}

/** What all floors do: one query, and what is pending in as few messages as `toMessages` makes of it. */
export function floor(
  transaction: Library['transaction'],
  toMessages: (pending: readonly Numbered[]) => readonly string[],
): Library {
  return {
    transaction,
    prepare: async (folder, migrations) => {
      const bodies = migrations.map(({ statements }) => statements.join(';\n'))
      await writeFile(path.join(folder, 'bodies.json'), JSON.stringify(bodies))
      await writeFile(path.join(folder, 'head.txt'), String(bodies.length))
    },
    migrate: async (url, folder) => {
      const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} })
      try {
        const head = Number(await readFile(path.join(folder, 'head.txt'), 'utf8'))
        const version = await readVersion(sql)
        if (version === head) return
        const bodies: string[] = JSON.parse(
          await readFile(path.join(folder, 'bodies.json'), 'utf8'),
        )
        const pending = bodies.map((body, index) => ({ number: index + 1, body })).slice(version)
        try {
          for (const message of toMessages(pending)) await sql.unsafe(message).simple()
        } catch (error) {
          // Whoever had the lock before us was not to be seen by the query before it.
          await sql.unsafe('ROLLBACK').simple()
          if ((await readVersion(sql)) !== head) throw error
        }
      } finally {
        await sql.end()
      }
    },
  }
}

async function readVersion(sql: postgres.Sql): Promise<number> {
  try {
    const [row] = await sql.unsafe('SELECT version FROM floor_version').simple()
    return Number(row?.version ?? 0)
  } catch (error) {
    if (error instanceof postgres.PostgresError && error.code === '42P01') return 0
    throw error
  }
}

/** The lock and the table; fails when the version is another than this run has seen. */
export function opening([first]: readonly Numbered[], lock: 'xact_' | ''): string {
  const before = (first?.number ?? 1) - 1
  return `SELECT pg_advisory_${lock}lock(4711);
CREATE TABLE IF NOT EXISTS floor_version (version integer NOT NULL);
INSERT INTO floor_version SELECT 0 WHERE NOT EXISTS (SELECT FROM floor_version);
SELECT 1 / (version = ${before})::integer FROM floor_version`
}

export function record({ number }: Numbered): string {
  return `UPDATE floor_version SET version = ${number}`
}
