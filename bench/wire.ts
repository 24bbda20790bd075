/** Tells the type of every message in PostgreSQL's answers, however the stream is cut into chunks. */
export function messageReader(onMessage: (type: string) => void): (chunk: Buffer) => void {
  const header = Buffer.alloc(5)
  let filled = 0
  let toSkip = 0
  return (chunk) => {
    let at = 0
    while (at < chunk.length) {
      if (toSkip > 0) {
        const skipped = Math.min(toSkip, chunk.length - at)
        toSkip -= skipped
        at += skipped
        continue
      }
      header[filled++] = chunk[at++] ?? 0
      if (filled < header.length) continue
      filled = 0
      toSkip = header.readInt32BE(1) - 4
      onMessage(String.fromCharCode(header[0] ?? 0))
    }
  }
}

/** The type of the message that ends a connection's start, and every answer. */
export const readyForQuery = 'Z'
