import { loadRevisions } from '../../src/script/revisions.ts'
import type { TestDatabase } from '../support/postgres.ts'
import type { Migration } from './history.ts'

export const ids = async (folder: string) => [...(await loadRevisions([folder])).scripts.keys()]

export const ledger = (database: TestDatabase) =>
  database.query('SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id')

export const books = (database: TestDatabase) => database.query('SELECT * FROM books')

export const one = 'CREATE FUNCTION shop.one() RETURNS int LANGUAGE sql RETURN 1;'
export const orders: Migration = [
  '0001_orders',
  2_000,
  'CREATE TABLE shop.orders (id int PRIMARY KEY);',
]
