import { createHash } from 'node:crypto'
import { doBlock } from './do-block.ts'
import { dollarQuoted } from './quote.ts'

/** Something that makes way for a change and comes back, where it is there: another database need not have it. */
export interface Moving {
  /** What it is called, to tell it from others. */
  readonly label: string
  /** SQL condition: it is there. */
  readonly there: string
}

/** One statement that drops it, and remembers for the session that it was there. */
export function makeWay(moving: Moving, drop: string): string {
  return doBlock(`  PERFORM set_config('${settingOf(moving)}', (${moving.there})::text, false);
  IF ${wasThere(moving)} THEN
    ${drop};
  END IF;`)
}

/** One statement that makes it again if it was there. */
export function comeBack(moving: Moving, create: readonly string[]): string {
  // EXECUTE takes a text as it is: PL/pgSQL would end a statement at a semicolon within it.
  return doBlock(`  IF ${wasThere(moving)} THEN
${create.map((sql) => `    EXECUTE ${dollarQuoted(sql, 'sql')};`).join('\n')}
  END IF;`)
}

const wasThere = (moving: Moving) => `current_setting('${settingOf(moving)}', true) = 'true'`

const settingOf = ({ label }: Moving) =>
  `limbeck.had_${createHash('sha256').update(label).digest('hex').slice(0, 8)}`
