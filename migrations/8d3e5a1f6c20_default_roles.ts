// Default roles

import type { RevisionContext } from 'limbeck'

export const revision = '8d3e5a1f6c20'
export const downRevision = '4c1d0e8a9b77'
export const created = '2026-10-14T09:05:31Z'
export const compatible = true
// Models cannot say rows: a database made by create-all runs this one too.
export const fresh = 'run'

const roles = [
  { name: 'viewer', description: 'May read the data product' },
  { name: 'analyst', description: 'May read the data product and build upon it' },
  { name: 'steward', description: 'May change the data product on behalf of its owner' },
]

export async function upgrade({ sql }: RevisionContext): Promise<void> {
  // A team may have written a role of that name by hand before: its wording stays.
  await sql`INSERT INTO roles ${sql(roles, 'name', 'description')} ON CONFLICT (name) DO NOTHING`
}

export async function downgrade({ sql }: RevisionContext): Promise<void> {
  // Roles in use stay: taking them away would take the subscriptions with them.
  await sql`
    DELETE FROM roles
    WHERE name IN ${sql(roles.map((role) => role.name))}
      AND NOT EXISTS (SELECT FROM subscriptions WHERE role_name = roles.name)`
}
