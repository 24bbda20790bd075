import net from 'node:net'
import type { Library } from './contender.ts'
import { messageReader, readyForQuery } from './wire.ts'

/** One call of a contender, measured in its process. */
export interface CallSample {
  /** From the call to its end, without the time that opening and closing connections took. */
  readonly ms: number
  readonly cpuMs: number
  readonly peakMb: number
}

/** Calls `migrate()`. */
export async function measureCall(
  { migrate }: Library,
  url: string,
  folder: string,
): Promise<CallSample> {
  const watch = watchConnecting()
  const cpu = process.cpuUsage()
  const start = performance.now()
  try {
    await migrate(url, folder)
    const ms = performance.now() - start - watch.connectingMs()
    const { user, system } = process.cpuUsage(cpu)
    return {
      ms,
      cpuMs: (user + system) / 1_000,
      peakMb: process.resourceUsage().maxRSS / 1_024,
    }
  } finally {
    watch.stop()
  }
}

/**
 * Measures how long sockets took from being opened to the server's first "ready", and from saying goodbye to being
 * closed. Every library connects at a point of its own; this takes the same thing out of all of them.
 */
function watchConnecting(): { connectingMs(): number; stop(): void } {
  const { connect } = net.Socket.prototype
  let connectingMs = 0
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    let start: number | null = performance.now()
    const stop = () => {
      if (start !== null) connectingMs += performance.now() - start
      start = null
    }
    const read = messageReader((type) => {
      if (type === readyForQuery) stop()
    })
    const emit = this.emit.bind(this)
    this.emit = (event: string, ...values: unknown[]) => {
      if (event === 'data' && start !== null) read(values[0] as Buffer)
      if (event === 'prefinish') start ??= performance.now()
      if (event === 'close') stop()
      return emit(event, ...values)
    }
    return Reflect.apply(connect, this, args)
  }
  return {
    connectingMs: () => connectingMs,
    stop: () => {
      net.Socket.prototype.connect = connect
    },
  }
}
