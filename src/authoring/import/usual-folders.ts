/** Where the tools keep their migrations unless told otherwise. */
export const usualFolders: Readonly<Record<string, string>> = {
  drizzle: 'drizzle',
  prisma: 'prisma/migrations',
  dbmate: 'db/migrations',
  'graphile-migrate': 'migrations/committed',
  alembic: 'alembic.sql',
}
