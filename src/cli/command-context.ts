import type { LimbeckOptions, Logger } from '../config/options.ts'
import { LimbeckError } from '../errors.ts'
import type { Migrator } from '../migrator.ts'
import type { CommandContext, Flags, Needs } from './cli-command.ts'
import { readConfig } from './config-file.ts'
import type { Io } from './io.ts'
import { type LogLevel, logLevels } from './log-level.ts'
import { type Paint, paintFor } from './paint.ts'
import { createProgressLine, type ProgressLine } from './progress.ts'
import { canAsk, createPrompt } from './prompt.ts'

/**
 * A context, and what ends the connection and the progress line of its command. Opens nothing yet: commands that need no
 * database and no configuration stay quick.
 */
export function openContext(io: Io, flags: Flags): readonly [CommandContext, () => Promise<void>] {
  const silent = flags.quiet === true || flags.json === true
  const progress = createProgressLine(silent ? { write: () => {} } : io.stderr)
  let opened: Promise<Migrator> | undefined
  const open = async (needs?: Needs) => {
    const config = withUrl(await readConfig(io, flags), needs)
    const { createMigrator } = await import('../migrator.ts')
    const logger =
      config.logger ?? createLogger(io, progress, paintFor(io.stderr, io.env), flags.logLevel)
    // A person who mistyped the host is waiting; a service is given the time that a server takes to start.
    const connectTimeout = config.connectTimeout ?? 3_000
    const onProgress = progress.show
    return createMigrator({ ...config, connectTimeout, logger, signal: io.signal, onProgress })
  }
  const prompt = flags.json === true || !canAsk(io) ? null : createPrompt(io)
  const context: CommandContext = {
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
    askText:
      prompt &&
      ((question, mayBeEmpty) => {
        progress.clear()
        return prompt.text(question, mayBeEmpty)
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
  }
  const close = async () => {
    progress.clear()
    prompt?.close()
    const migrator = await opened?.catch(() => undefined)
    await migrator?.close()
  }
  return [context, close]
}

/** Who only reads files needs no database: what stands for its URL then is never connected to. */
function withUrl(config: LimbeckOptions, needs?: Needs): LimbeckOptions {
  if (config.url !== '' || config.migrationUrl !== undefined) return config
  if (needs === 'files' || (needs === 'fleet' && config.fleet?.urls !== undefined))
    return { ...config, url: 'postgres://none.invalid/none' }
  throw new LimbeckError('LIMBECK_INVALID_OPTION', 'there is no database URL', {
    hint: 'Set DATABASE_URL (also in .env beside the configuration), pass --url, or write url into the configuration.',
  })
}

/**
 * What the library logs on its way: beside the answer only warnings are news, unless `--log-level` says otherwise. A server
 * that does not answer is one line, however often it is tried.
 */
function createLogger(
  io: Io,
  progress: ProgressLine,
  paint: Paint,
  level: LogLevel = 'warn',
): Logger {
  let tries = 0
  const write = (name: string, facts: object, message: string) => {
    const shown = Object.entries(facts).filter(([, value]) => /string|number/.test(typeof value))
    const details = shown.map(([key, value]) => `${key} ${value}`).join(', ')
    progress.clear()
    io.stderr.write(`${name}: ${message}${details && ` (${details})`}\n`)
  }
  const at = (name: LogLevel, shown: string) => {
    if (logLevels.indexOf(level) < logLevels.indexOf(name)) return () => {}
    return (facts: object, message: string) => write(shown, facts, message)
  }
  const warn = at('warn', paint('bad', 'warning'))
  return {
    debug: at('debug', 'debug'),
    info: at('info', 'info'),
    warn(facts, message) {
      if (!('retryInMs' in facts) || !('error' in facts) || 'revision' in facts)
        return warn(facts, message)
      tries += 1
      if (io.stderr.isTTY === true)
        return progress.tell(`PostgreSQL does not answer yet (${facts.error}), attempt ${tries}`)
      if (tries === 1) warn({ error: facts.error }, message)
    },
    // The error itself is what the command ends with.
    error() {},
  }
}
