import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import type { Schema } from '../schema/schema.ts'
import {
  type CodeLocation,
  howToSetVariables,
  locationInStack,
  nameFrom,
  tablesAlone,
} from '../script/import-hint.ts'
import { locationOf } from '../script/invalid-file.ts'
import { findModels, type ModelSources } from './find-models.ts'
import { endEntry, forkEntry } from './fork-child.ts'
import { arePaths, loadSchema } from './load-models.ts'
import type { ModelsAnswer, ModelsQuestion } from './read-models-child.ts'

/**
 * What the models declare. A path is read in a process of its own, since models are the project's code: what it prints
 * goes to stderr, what it leaves open ends with it. Throws LIMBECK_INVALID_OPTION without models, LIMBECK_LOAD_FAILED,
 * LIMBECK_UNSUPPORTED_MODEL, and LIMBECK_CANCELLED on abort.
 */
export async function readModels(
  { models, casing, signal }: Pick<Config, 'models' | 'casing' | 'signal'>,
  { deadline = 120_000 } = {},
): Promise<Schema> {
  if (models === undefined)
    throw new LimbeckError('LIMBECK_INVALID_OPTION', 'no models are configured', {
      hint: "Name them in limbeck.config.ts: models: './src/db/schema.ts'",
    })
  if (arePaths(models))
    return await readInChild({ sources: findModels(models), casing }, signal, deadline)
  return await loadSchema(models, casing)
}

async function readInChild(
  question: ModelsQuestion,
  signal: AbortSignal | undefined,
  deadline: number,
): Promise<Schema> {
  if (signal?.aborted) throw cancelled()
  const child = forkEntry('read-models-child', import.meta.url)
  try {
    child.send(question, () => {})
    const answer = await Promise.race([
      answered(child),
      endedEarly(child, question),
      stopped(question, signal, deadline),
    ])
    if (answer.is === 'schema') return answer.schema
    throw new LimbeckError(answer.code, answer.message, answer.details)
  } catch (error) {
    // Ctrl-C reaches the child as well, which may be gone before the abort is.
    throw signal?.aborted ? cancelled() : error
  } finally {
    await endEntry(child)
  }
}

type Ended = Extract<ModelsAnswer, { is: 'exit' }>

function answered(child: ChildProcess): Promise<Exclude<ModelsAnswer, Ended>> {
  return new Promise((resolve) => {
    child.on('message', (message: Partial<ModelsAnswer> | null) => {
      // The project's code may send messages of its own, as under a process manager.
      if (message?.from === 'limbeck' && message.is !== 'exit')
        resolve(message as Exclude<ModelsAnswer, Ended>)
    })
  })
}

/** A message that was sent before the end is heard before the channel closes. */
async function endedEarly(child: ChildProcess, { sources }: ModelsQuestion): Promise<never> {
  let caller: CodeLocation | undefined
  child.on('message', (message: Partial<Ended> | null) => {
    if (message?.from === 'limbeck' && message.is === 'exit')
      caller = locationInStack(message.stack ?? '')
  })
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')])
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`
  const [file = ''] = sources.sources
  throw loadFailed(
    sources,
    `importing the models ended their process ${how}`,
    code === unsettledAwait
      ? `A top-level await in what the models import waits for what never comes. ${tablesAlone}`
      : `${caller ? `${nameFrom(file, caller)} calls process.exit() when it is imported` : 'Something that the models import ends the process'}, as checks of environment variables do. ${howToSetVariables}. Or: ${tablesAlone.replace('Keep', 'keep')}`,
  )
}

/** Node's exit code for it. */
const unsettledAwait = 13

function stopped(
  { sources }: ModelsQuestion,
  signal: AbortSignal | undefined,
  deadline: number,
): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(cancelled()), { once: true })
    AbortSignal.timeout(deadline).addEventListener('abort', () =>
      reject(
        loadFailed(
          sources,
          `importing the models took more than ${deadline / 1000} s`,
          `Something that they import waits, or never ends, as a server that is started does. ${tablesAlone}`,
        ),
      ),
    )
  })
}

const cancelled = () => new LimbeckError('LIMBECK_CANCELLED', 'stopped while reading the models')

const loadFailed = ({ sources }: ModelSources, fact: string, hint: string) => {
  const [file = ''] = sources
  return new LimbeckError('LIMBECK_LOAD_FAILED', `${locationOf(file)}: ${fact}`, { file, hint })
}
