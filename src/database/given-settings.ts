import { doBlock } from '../sql/do-block.ts'
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts'
import type { Connection, Row } from './connection.ts'

/** A setting of new sessions. */
export interface GivenSetting {
  readonly name: string
  readonly value: string
}

const user = '(SELECT oid FROM pg_roles WHERE rolname = session_user)'
const database = '(SELECT oid FROM pg_database WHERE datname = current_database())'

/** SQL, behind FROM: what ALTER DATABASE … SET and ALTER ROLE … SET say of new sessions of this role here. */
export const givenRows = `pg_db_role_setting s WHERE s.setrole IN (0, ${user}) AND s.setdatabase IN (0, ${database})`

/** A copy is written to, by the role that makes it, and literals are read as written wherever a revision runs. */
const OF_NO_COPY: ReadonlySet<string> = new Set([
  'role',
  'session_authorization',
  'default_transaction_read_only',
  'standard_conforming_strings',
])

/** What holds in the database of `connection` and is to hold where a copy of it is made. */
export async function readGivenSettings({ ask }: Connection): Promise<readonly GivenSetting[]> {
  const rows = await ask<GivenSetting & Row>(
    `SELECT DISTINCT ON (1) split_part(c, '=', 1) AS name, substr(c, strpos(c, '=') + 1) AS value
FROM (SELECT s.* FROM ${givenRows}) s, unnest(s.setconfig) c ORDER BY 1, s.setrole = 0, s.setdatabase = 0`,
  )
  return rows.filter(({ name }) => !OF_NO_COPY.has(name))
}

/**
 * SQL: gives new sessions of `database`, which this role owns, the same; or without a name the transaction that is open. What the
 * server does not know or this role may not set is left out.
 */
export function giveSettings(settings: readonly GivenSetting[], database?: string): string {
  const values = settings.map(
    ({ name, value }) => `(${quoteLiteral(name)}, ${quoteLiteral(value)})`,
  )
  const toDatabase = quoteLiteral(`ALTER DATABASE ${quoteIdentifier(database ?? '')} SET `)
  return doBlock(
    `  FOR one IN SELECT * FROM (VALUES ${values.join(', ')}) s (name, value) LOOP
    BEGIN
      PERFORM set_config(one.name, one.value, true);${
        database === undefined
          ? ''
          : `
      EXECUTE ${toDatabase} || one.name || ' FROM CURRENT';`
      }
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;`,
    '  one record;',
  )
}
