import type { Config } from '../config/resolve-config.ts'
import { LimbeckError, type LimbeckErrorCode, type LimbeckErrorDetails } from '../errors.ts'
import type { Schema } from '../schema/schema.ts'
import { loadFailed } from '../script/load.ts'
import type { ModelSources } from './find-models.ts'
import { loadSchema, loadSources } from './load-models.ts'

/** What the parent process asks. */
export interface ModelsQuestion {
  readonly sources: ModelSources
  readonly casing: Config['casing']
}

/** What this process answers, once; before that, who ends it. */
export type ModelsAnswer = { readonly from: 'limbeck' } & (
  | { readonly is: 'exit'; readonly stack: string }
  | { readonly is: 'schema'; readonly schema: Schema }
  | {
      readonly is: 'error'
      readonly code: LimbeckErrorCode
      readonly message: string
      readonly details: LimbeckErrorDetails
    }
)

// Kept, for the models' code may replace them.
const send = process.send?.bind(process)
const exit = process.exit.bind(process)

process.once('disconnect', () => exit(0))
process.once('message', async (question: ModelsQuestion) => {
  // A process that only waits for what never comes ends, rather than to listen on.
  process.channel?.unref()
  process.once('uncaughtException', (error) => answer(asAnswer(error, question)))
  process.exit = (code) => {
    const at = { stack: '' }
    Error.captureStackTrace(at, process.exit)
    answer({ from: 'limbeck', is: 'exit', stack: at.stack })
    return exit(code)
  }
  answer(await read(question).catch((error) => asAnswer(error, question)))
})

async function read({ sources, casing }: ModelsQuestion): Promise<ModelsAnswer> {
  const schema = await loadSchema(await loadSources(sources), casing)
  return { from: 'limbeck', is: 'schema', schema }
}

function asAnswer(error: unknown, { sources }: ModelsQuestion): ModelsAnswer {
  const coded = error instanceof LimbeckError ? error : loadFailed(sources.sources[0] ?? '', error)
  const { code, message, details, cause } = coded
  return {
    from: 'limbeck',
    is: 'error',
    code,
    message,
    // Only errors are sure to pass the border between processes.
    details: cause instanceof Error ? { ...details, cause } : details,
  }
}

function answer(message: ModelsAnswer): void {
  send?.(message)
}
