import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'

/** Models as services have them: an enum, ten columns, a foreign key, two indexes, a unique constraint and a check a table. */
export function benchModels(count: number): Record<string, unknown> {
  const status = pg.pgEnum('status', ['draft', 'open', 'done'])
  const models: Record<string, unknown> = { status }
  let parent: pg.AnyPgColumn | undefined
  for (let at = 0; at < count; at++) {
    const target = parent
    const table = pg.pgTable(
      `table_${at}`,
      {
        id: pg.serial('id').primaryKey(),
        name: pg.varchar('name', { length: 100 }).notNull(),
        slug: pg.text('slug').notNull().unique(),
        status: status('status').default('draft').notNull(),
        amount: pg.numeric('amount', { precision: 12, scale: 2 }).default('0'),
        data: pg.jsonb('data').default({}),
        tags: pg.text('tags').array(),
        createdAt: pg.timestamp('created_at', { withTimezone: true }).defaultNow().notNull(),
        updatedAt: pg.timestamp('updated_at', { withTimezone: true }),
        parent: target ? pg.integer('parent').references(() => target) : pg.integer('parent'),
      },
      (t) => [
        pg.index(`table_${at}_parent`).on(t.parent),
        pg.index(`table_${at}_open`).on(t.createdAt.desc()).where(sql`${t.status} = 'open'`),
        pg.check(`table_${at}_amount`, sql`${t.amount} >= 0`),
      ],
    )
    if (at % 10 === 0) parent = table.id
    models[`table${at}`] = table
  }
  return models
}
