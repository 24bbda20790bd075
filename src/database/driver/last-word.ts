import type { Socket } from 'node:net'
import type { ServerError } from '../server-error.ts'

/** How much of the end of what was received is looked at: a last word is short. */
const tail = 8 * 1024

/** Listens along on a socket; returns what PostgreSQL said when it ended the session, once that is over. */
export type LastWord = () => ServerError | undefined

/**
 * PostgreSQL ends a session (a timeout of the role, a shutdown, an administrator) with a message of severity FATAL, which
 * postgres.js drops with the query that waits for more. So the end of what came in is kept.
 */
export function listenForLastWord(socket: Socket): LastWord {
  let before: Buffer = Buffer.alloc(0)
  let last: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    before = last
    last = chunk
  })
  return () => parseFatal(Buffer.concat([before.subarray(-tail), last.subarray(-tail)]))
}

/** The fields of an ErrorResponse: a letter and a text each, ended by NUL. */
function parseFatal(received: Buffer): ServerError | undefined {
  // `V` is the severity that is never translated; the fields that matter come behind it.
  const start = Math.max(received.lastIndexOf('VFATAL\0'), received.lastIndexOf('VPANIC\0'))
  if (start < 0) return undefined
  const fields: Record<string, string> = {}
  for (let at = start; at < received.length && received[at] !== 0; ) {
    const end = received.indexOf(0, at)
    if (end < 0) break
    fields[received.toString('latin1', at, at + 1)] = received.toString('utf8', at + 1, end)
    at = end + 1
  }
  const { V: severity, C: code, M: message, D: detail, H: hint } = fields
  if (!severity || !code) return undefined
  return Object.assign(new Error(message), {
    severity,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
  })
}
