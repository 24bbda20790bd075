/** Next.js waits for it before it serves: no request meets a database that is not migrated. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { initDb } = await import('limbeck')
  // The revisions as a module (`limbeck bundle`): the standalone output has them without any file beside it.
  const { default: bundle } = await import('./migrations.mjs')
  const models = await import('./schema')
  await initDb({ url: process.env.DATABASE_URL ?? '', bundle, models })
}
