import type { Socket } from 'node:net'

/** Types of PostgreSQL's messages. */
const commandComplete = 0x43
const readyForQuery = 0x5a
const headerBytes = 5

/**
 * Counts along on a socket how many commands of the answer that is being read are complete: an error does not say which
 * command of a message has failed. What comes in is handed on answer by answer, so that the count is of the answer that
 * the driver has in its hands. To be called before the driver listens.
 */
export function countCommands(socket: Socket): () => number {
  const header = Buffer.alloc(headerBytes)
  let headerRead = 0
  let bodyLeft = 0
  let commands = 0
  /** Reads on in `chunk` from `at`, up to its end or that of an answer; returns where that is. */
  const readAnswer = (chunk: Buffer, from: number): number => {
    let at = from
    while (at < chunk.length) {
      if (headerRead < headerBytes) {
        header[headerRead++] = chunk[at++] ?? 0
        if (headerRead < headerBytes) continue
        bodyLeft = header.readUInt32BE(1) - 4
        if (header[0] === commandComplete) commands += 1
      }
      const read = Math.min(bodyLeft, chunk.length - at)
      at += read
      bodyLeft -= read
      if (bodyLeft > 0) break
      headerRead = 0
      if (header[0] === readyForQuery) break
    }
    return at
  }
  const isAtEnd = () => headerRead === 0 && header[0] === readyForQuery
  const emit = socket.emit.bind(socket)
  const emitAnswers = (chunk: Buffer): boolean => {
    let isHeard = false
    for (let from = 0; from < chunk.length; ) {
      const to = readAnswer(chunk, from)
      isHeard = emit('data', chunk.subarray(from, to))
      from = to
      if (isAtEnd()) commands = 0
    }
    return isHeard
  }
  socket.emit = (event: string | symbol, ...args: readonly unknown[]) =>
    event === 'data' && Buffer.isBuffer(args[0]) ? emitAnswers(args[0]) : emit(event, ...args)
  return () => commands
}

/** How many commands were complete when postgres.js gave the query its error: those who wait for the query hear of it later. */
export function completedWhenRejected(sent: unknown, commands: () => number): () => number {
  const query = sent as { reject: (error: unknown) => void }
  const { reject } = query
  let completed = 0
  query.reject = (error) => {
    completed = commands()
    reject(error)
  }
  return () => completed
}

const counts = new WeakMap<object, number>()

/** The error, of which it is known from now on how many commands of its message were complete. */
export function completedBefore(error: unknown, commands: number): unknown {
  if (typeof error === 'object' && error !== null) counts.set(error, commands)
  return error
}

/** How many commands of its message PostgreSQL has completed before the one that failed. */
export function commandsBefore(error: unknown): number {
  return typeof error === 'object' && error !== null ? (counts.get(error) ?? 0) : 0
}
