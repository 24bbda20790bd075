import { Readable, Writable } from 'node:stream'
import { LimbeckError } from '../errors.ts'

/**
 * Results that are still to be read or written: of cursors, and of COPY. Each keeps the connection to itself, and what is sent
 * meanwhile would wait for ever.
 */
export interface OpenResults {
  readonly watch: <T>(query: T) => T
  /** Throws where one is open: nothing can be sent. */
  readonly refuseQuery: () => void
  /** For the end of a body or transaction. Throws where a COPY is open: it may not have been all. */
  readonly close: () => void
}

/** What postgres.js has of a query, and its types do not say. */
interface Opening {
  cursor: (rows: unknown, each?: Read) => unknown
  resolve: (result: unknown) => void
  readonly streaming?: boolean
}

type Read = (rows: unknown) => unknown

/** How a result is closed, by what it is the result of. */
type Open = Map<object, { readonly is: 'cursor' | 'COPY'; readonly close: () => void }>

export function openResults(): OpenResults {
  const open: Open = new Map()
  const refuseQuery = () => {
    for (const { is } of open.values()) throw stillOpen(is)
  }
  return {
    watch: (query) => {
      if (query instanceof Promise) watchQuery(query as unknown as Opening, open)
      return query
    },
    refuseQuery,
    close: () => {
      const left = [...open]
      for (const [, { close }] of left) close()
      for (const [of, { is }] of left) if (is === 'cursor') open.delete(of)
      refuseQuery()
    },
  }
}

function watchQuery(query: Opening, open: Open): void {
  const { cursor, resolve } = query
  query.cursor = (count, each) => {
    const read = typeof count === 'function' ? (count as Read) : each
    const size = typeof count === 'number' ? count : 1
    return read
      ? cursor.call(query, size, whileReading(query, read, open))
      : watchedRows(cursor.call(query, size) as AsyncIterable<unknown>, open)
  }
  query.resolve = (result) => {
    // At its end it is answered once more.
    if (query.streaming && (result instanceof Readable || result instanceof Writable))
      watchStream(result, open)
    resolve.call(query, result)
  }
}

function whileReading(query: object, read: Read, open: Open): Read {
  return async (rows) => {
    open.set(query, { is: 'cursor', close: () => {} })
    try {
      return await read(rows)
    } finally {
      open.delete(query)
    }
  }
}

function watchedRows(rows: AsyncIterable<unknown>, open: Open): AsyncIterable<unknown> {
  const iterator = (): AsyncIterator<unknown> => {
    const inner = rows[Symbol.asyncIterator]()
    const close = async () => {
      open.delete(inner)
      return (await inner.return?.()) ?? { done: true as const, value: undefined }
    }
    const next = async () => {
      open.delete(inner)
      const row = await inner.next()
      if (!row.done) open.set(inner, { is: 'cursor', close: () => void close() })
      return row
    }
    return { next, return: close }
  }
  return { [Symbol.asyncIterator]: iterator }
}

function watchStream(stream: Readable | Writable, open: Open): void {
  // What is not read any more keeps the socket from being read.
  const close = () => void (stream instanceof Readable ? stream.resume() : stream.destroy())
  open.set(stream, { is: 'COPY', close })
  const ended = () => open.delete(stream)
  // The step tells of an error. A stream without a listener for it would end the process.
  stream.on('error', ended).on('end', ended).on('finish', ended)
}

function stillOpen(is: 'cursor' | 'COPY'): LimbeckError {
  return new LimbeckError(
    'LIMBECK_STEP_FAILED',
    `a ${is} of the revision is still open, and its connection can do nothing else`,
    {
      hint:
        is === 'cursor'
          ? 'Read all rows before the next query, or go through them in parts that have a query each.'
          : 'Wait for the end of the stream, as pipeline() of node:stream/promises does.',
    },
  )
}
