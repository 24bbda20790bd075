import { pgTable, text } from 'drizzle-orm/pg-core'

/** What a subscriber may do. The rows come with the history: see the revision `default_roles`. */
export const roles = pgTable('roles', {
  name: text('name').primaryKey(),
  description: text('description').notNull(),
})
