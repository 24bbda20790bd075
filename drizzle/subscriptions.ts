import { index, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { dataProducts } from './data-products.ts'
import { roles } from './roles.ts'
import { teams } from './teams.ts'

export const subscriptions = pgTable(
  'subscriptions',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    dataProductId: uuid('data_product_id')
      .notNull()
      .references(() => dataProducts.id, { onDelete: 'cascade' }),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id),
    roleName: text('role_name')
      .notNull()
      .references(() => roles.name),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp('expires_at', { withTimezone: true }),
  },
  (table) => [
    unique('subscriptions_data_product_id_team_id_unique').on(table.dataProductId, table.teamId),
    index('subscriptions_team_id_index').on(table.teamId),
  ],
)
