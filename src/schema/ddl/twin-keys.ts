import { isEqual } from '../equal.ts'
import type { Table, Unique } from '../schema.ts'
import type { ConstraintSnapshot, TableSnapshot } from '../snapshot.ts'
import { addConstraint, constraintClause, uniqueClause } from './constraints.ts'

/**
 * Unique constraints on the very columns of the primary key or of another one. Within CREATE TABLE PostgreSQL makes one of
 * both without a word, so they are added afterwards.
 */
export function twinKeys({ primaryKey, uniques }: Table): ReadonlySet<Unique> {
  const isTwin = (unique: Unique, at: number) =>
    (!unique.nullsNotDistinct && isEqual(unique.columns, primaryKey?.columns)) ||
    uniques
      .slice(0, at)
      .some(
        (other) =>
          isEqual(other.columns, unique.columns) &&
          other.nullsNotDistinct === unique.nullsNotDistinct,
      )
  return new Set(uniques.filter(isTwin))
}

/** `ALTER TABLE … ADD` for each of them. */
export function addTwinKeys(table: Table): readonly string[] {
  return [...twinKeys(table)].map((unique) => addConstraint(table, uniqueClause(unique)))
}

/** The same of a table as PostgreSQL spells it. */
export function twinKeysAgain({ constraints }: TableSnapshot): ReadonlySet<ConstraintSnapshot> {
  const keys = constraints.filter(({ kind }) => kind === 'primary key' || kind === 'unique')
  const columnsOf = ({ full }: ConstraintSnapshot) => full.replace(/^PRIMARY KEY /, 'UNIQUE ')
  const [primary, uniques] = [
    keys.filter(({ kind }) => kind === 'primary key'),
    keys.filter(({ kind }) => kind === 'unique'),
  ]
  const inOrder = [...primary, ...uniques]
  return new Set(
    inOrder.filter((key, at) =>
      inOrder.slice(0, at).some((other) => columnsOf(other) === columnsOf(key)),
    ),
  )
}

/** `ALTER TABLE … ADD` for each of them. */
export function addTwinKeysAgain(table: TableSnapshot): readonly string[] {
  return [...twinKeysAgain(table)].map((key) => addConstraint(table, constraintClause(key)))
}
