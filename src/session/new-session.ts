import { openConnection } from '../database/connection.ts'
import { givenRows } from '../database/given-settings.ts'
import { handOver } from '../database/lock.ts'
import { debug } from '../debug.ts'
import { withoutComments } from '../sql/text.ts'
import { type Session, target } from './session.ts'

// What a session began with it keeps to its end: RESET brings back what ALTER DATABASE … SET and ALTER ROLE … SET said then. And a
// setting that a project has invented is never unknown again in a session that has set it: RESET leaves it empty.
const outlasting = [
  /\bALTER\s+(?:DATABASE|ROLE|USER)\b[\s\S]*?\b(?:RE)?SET\b/i,
  /\bSET\s+(?:SESSION\s+|LOCAL\s+)?(?:"[^"]+"|[\w$]+)\.(?:"[^"]+"|[\w$]+)\s*(?:=|TO\b)/i,
  /\bset_config\s*\(\s*'[^',]*\./i,
]

/** Whether after a statement a new session may begin with something else than this one can be reset to. */
export function needsNewSession(sql: string): boolean {
  const bare = withoutComments(sql)
  return outlasting.some((words) => words.test(bare))
}

/** The sessions of a run, one after the other. */
export interface Sessions {
  readonly current: () => Session
  /** Goes on in a new one, which is given the lock. On a pooler's backend there is nothing new to be had. */
  readonly renew: () => Promise<void>
  /** Gives the lock back to the first one. */
  readonly end: () => Promise<void>
}

/** The first of them is kept open: what was read and prepared on it stays of use, and it has the lock again in the end. */
export function sessionsFrom(first: Session): Sessions {
  let session = first
  const replaceBy = async (next: Session) => {
    const { connection, config } = session
    try {
      if (!connection.isLost()) await handOver(connection, next.connection, config.tables)
    } finally {
      session = next
      if (connection !== first.connection) await connection.close()
    }
  }
  return {
    current: () => session,
    renew: async () => {
      const { config, connection } = session
      if (connection.isPooled) return
      debug('a new session, as the next revision would find it in a run of its own')
      const to = { ...target(config), endpoint: connection.endpoint, fetchTypes: true }
      await replaceBy({ ...session, connection: await openConnection(to, 'SELECT 1') })
    },
    // Where the first one is gone, whatever is asked of it next says so.
    end: async () => {
      if (session !== first) await replaceBy(first).catch(() => {})
    },
  }
}

/** What ALTER DATABASE … SET and ALTER ROLE … SET say of sessions to come: to be compared. */
export async function readDefaults({ connection }: Session): Promise<string> {
  const [row] = await connection.ask<{ defaults: string }>(
    `SELECT coalesce(string_agg(s::text, ' ' ORDER BY s.setdatabase, s.setrole), '') AS defaults
FROM ${givenRows}`,
  )
  return row?.defaults ?? ''
}
