import { sql } from 'drizzle-orm'
import { boolean, index, jsonb, pgEnum, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { teams } from './teams.ts'

export const dataProductStatus = pgEnum('data_product_status', [
  'draft',
  'published',
  'deprecated',
  'retired',
])

// Columns stand in the order the history added them: create-all must equal the chain.
export const dataProducts = pgTable(
  'data_products',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    name: text('name').notNull().unique(),
    description: text('description').notNull().default(''),
    tags: jsonb('tags').$type<readonly string[]>().notNull().default([]),
    ownerTeamId: uuid('owner_team_id')
      .notNull()
      .references(() => teams.id),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
    status: dataProductStatus('status').notNull().default('draft'),
    requiresApproval: boolean('requires_approval').notNull().default(false),
    documentationUrl: text('documentation_url'),
  },
  (table) => [
    index('data_products_owner_team_id_index').on(table.ownerTeamId),
    index('data_products_status_index').on(table.status),
    index('data_products_tags_index').using('gin', table.tags),
    // The function and the operator class come from a revision: `fresh: before`.
    index('data_products_search_index').using(
      'gin',
      sql`search_text(${table.name}, ${table.description}) gin_trgm_ops`,
    ),
  ],
)
