import type { Migration } from './contender.ts'

/** `count` migrations; the body of each is made of its number, from 1. */
export function makeMigrations(
  count: number,
  body: (number: number) => readonly string[],
): readonly Migration[] {
  return Array.from({ length: count }, (_, index) => ({
    id: (index + 1).toString(16).padStart(12, '0'),
    statements: body(index + 1),
  }))
}

/** A table and an index. */
export function smallTable(number: number): readonly string[] {
  return [
    `CREATE TABLE "t_${number}" ("id" integer PRIMARY KEY NOT NULL, "name" text NOT NULL)`,
    `CREATE INDEX "t_${number}_name_index" ON "t_${number}" ("name")`,
  ]
}

/** Next to nothing, for what is only there to have been applied. */
export function comment(number: number): readonly string[] {
  return [`COMMENT ON SCHEMA public IS 'migration ${number}'`]
}
