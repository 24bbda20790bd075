import { createHash } from 'node:crypto'

/** A folder as drizzle-kit 0.x writes it, of migrations by time; and what the ledger has where they have run. */
export function drizzleKit(folder: string, migrations: Readonly<Record<number, string>>) {
  const entries = Object.keys(migrations).map((when, idx) => ({
    idx,
    version: '7',
    when: Number(when),
    tag: `000${idx}_${when}`,
    breakpoints: true,
  }))
  const journal = JSON.stringify({ version: '7', dialect: 'postgresql', entries })
  const files: Record<string, string> = { [`${folder}/meta/_journal.json`]: journal }
  for (const { tag, when } of entries) files[`${folder}/${tag}.sql`] = `${migrations[when]};\n`
  const rows = entries.map(({ when }) => {
    const hash = createHash('sha256').update(`${migrations[when]};\n`).digest('hex')
    return `('${hash}', ${when})`
  })
  return {
    files,
    recorded: `${ledgerTable} INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ${rows.join(', ')};`,
  }
}

export const ledgerTable = `CREATE SCHEMA drizzle;
  CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);`

/** A configuration that reads drizzle-kit's folder as it is. */
export const readsDrizzle = "{ migrations: ['drizzle', 'migrations'], ledger: 'drizzle' }"
