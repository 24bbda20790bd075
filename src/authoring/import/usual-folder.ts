import { findDrizzleFolder } from '../../config/find-project.ts'

/** Of tools that are not told otherwise. */
const folders: Readonly<Record<string, string>> = {
  drizzle: 'drizzle',
  prisma: 'prisma/migrations',
  dbmate: 'db/migrations',
  'graphile-migrate': 'migrations/committed',
  alembic: 'alembic.sql',
}

/** Where a tool keeps its migrations, relative to the project: as drizzle-kit's configuration says, else where it usually does. */
export async function usualFolder(tool: string, root: string): Promise<string> {
  const found = tool === 'drizzle' ? await findDrizzleFolder(root) : null
  return found ?? folders[tool] ?? 'migrations'
}
