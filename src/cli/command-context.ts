import type { LimbeckOptions, Logger } from '../config/options.ts'
import { LimbeckError } from '../errors.ts'
import type { Migrator } from '../migrator.ts'
import type { Flags, Needs, Session } from './cli-command.ts'
import { readConfig } from './config-file.ts'
import type { Io } from './io.ts'
import { type Paint, paintFor } from './paint.ts'
import { createProgressLine, type ProgressLine } from './progress.ts'
import { canAsk, createPrompt } from './prompt.ts'

/** A session that owns what a word opens; `close` ends the connection and the progress line. */
export interface OpenSession extends Session {
  close(): Promise<void>
}

/** Opens nothing yet: words that need no database and no configuration stay quick. */
export function openSession(io: Io, flags: Flags): OpenSession {
  const silent = flags.quiet === true || flags.json === true
  const progress = createProgressLine(silent ? { write: () => {} } : io.stderr)
  let opened: Promise<Migrator> | undefined
  const open = async (needs?: Needs) => {
    const config = withUrl(await readConfig(io, flags), needs)
    const { createMigrator } = await import('../migrator.ts')
    const logger = config.logger ?? createLogger(io, progress, paintFor(io.stderr, io.env))
    return createMigrator({ ...config, logger, signal: io.signal, onProgress: progress.show })
  }
  const prompt = flags.json === true || !canAsk(io) ? null : createPrompt(io)
  return {
    io,
    flags,
    paint: paintFor(io.stdout, io.env),
    migrator(needs) {
      opened ??= open(needs)
      return opened
    },
    ask:
      prompt &&
      ((question) => {
        progress.clear()
        return prompt.confirm(question)
      }),
    choose:
      prompt &&
      ((question, choices) => {
        progress.clear()
        return prompt.choose(question, choices)
      }),
    keepPosted: progress.tell,
    say(text) {
      if (!silent) io.stderr.write(`${text}\n`)
    },
    async close() {
      progress.clear()
      prompt?.close()
      const migrator = await opened?.catch(() => undefined)
      await migrator?.close()
    },
  }
}

/** Who only reads files needs no database: what stands for its URL then is never connected to. */
function withUrl(config: LimbeckOptions, needs?: Needs): LimbeckOptions {
  if (config.url !== '' || config.migrationUrl !== undefined) return config
  if (needs === 'files' || (needs === 'fleet' && config.fleet?.urls !== undefined))
    return { ...config, url: 'postgres://none.invalid/none' }
  throw new LimbeckError('LIMBECK_INVALID_OPTION', 'there is no database URL', {
    hint: 'Set DATABASE_URL, pass --url, or write url into the configuration.',
  })
}

/** What the library logs on its way: only warnings are news beside the answer. */
const createLogger = (io: Io, progress: ProgressLine, paint: Paint): Logger => ({
  debug() {},
  info() {},
  warn(facts, message) {
    const shown = Object.entries(facts).filter(([, value]) => /string|number/.test(typeof value))
    const details = shown.map(([name, value]) => `${name} ${value}`).join(', ')
    progress.clear()
    io.stderr.write(`${paint('bad', 'warning')}: ${message}${details && ` (${details})`}\n`)
  },
  error() {},
})
