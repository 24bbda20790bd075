import {
  type AnyPgColumn,
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  numeric,
  type PgTable,
  pgTable,
  text,
  timestamp,
} from 'drizzle-orm/pg-core'

const name = (number: number) => `t_${number}`

/** Drizzle models: tables of ten columns with two indexes, each referring to the one before. */
export function tableModels(count: number): Readonly<Record<string, PgTable>> {
  const models: Record<string, PgTable> = {}
  let previous: (() => AnyPgColumn) | undefined
  for (let number = 1; number <= count; number++) {
    const parent = integer('parent_id')
    const table = pgTable(
      name(number),
      {
        id: integer('id').primaryKey(),
        title: text('title').notNull(),
        body: text('body'),
        hits: integer('hits').notNull().default(0),
        size: bigint('size', { mode: 'number' }),
        done: boolean('done').notNull().default(false),
        createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
        extra: jsonb('extra'),
        price: numeric('price', { precision: 10, scale: 2 }),
        parentId: previous ? parent.references(previous) : parent,
      },
      ({ title, hits, createdAt }) => [
        index(`${name(number)}_title_index`).on(title),
        index(`${name(number)}_hits_index`).on(hits, createdAt),
      ],
    )
    previous = () => table.id
    models[name(number)] = table
  }
  return models
}

/** The same table in SQL. */
export function tableStatements(number: number): readonly string[] {
  const table = name(number)
  const parent = name(number - 1)
  return [
    `CREATE TABLE "${table}" (
  "id" integer PRIMARY KEY NOT NULL,
  "title" text NOT NULL,
  "body" text,
  "hits" integer DEFAULT 0 NOT NULL,
  "size" bigint,
  "done" boolean DEFAULT false NOT NULL,
  "created_at" timestamp with time zone DEFAULT now() NOT NULL,
  "extra" jsonb,
  "price" numeric(10, 2),
  "parent_id" integer
)`,
    ...(number === 1
      ? []
      : [
          `ALTER TABLE "${table}" ADD CONSTRAINT "${table}_parent_id_${parent}_id_fk" FOREIGN KEY ("parent_id") REFERENCES "${parent}"("id")`,
        ]),
    `CREATE INDEX "${table}_title_index" ON "${table}" USING btree ("title")`,
    `CREATE INDEX "${table}_hits_index" ON "${table}" USING btree ("hits","created_at")`,
  ]
}
