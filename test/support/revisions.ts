import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { Logger } from '../../src/index.ts'
import { revisionText, type SqlRevision } from './revision-text.ts'

/** A folder of revision files in a temporary place, removed when the test ends. */
export interface RevisionFolder {
  readonly path: string
  /** Writes `<id>_test.sql`. */
  sql(id: string, revision: SqlRevision): Promise<string>
  ts(id: string, text: string): Promise<string>
}

export async function revisionFolder(): Promise<RevisionFolder> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-revisions-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const write = async (name: string, text: string) => {
    const file = path.join(folder, name)
    await writeFile(file, text)
    return file
  }
  return {
    path: folder,
    sql: (id, revision) => write(`${id}_test.sql`, revisionText(id, revision)),
    ts: (id, text) => write(`${id}_test.ts`, text),
  }
}

/** One line that a logger was given. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly facts: Readonly<Record<string, unknown>>
  readonly message: string
}

/** A logger that keeps its lines. */
export function keepLog(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = []
  const keep = (level: LogLine['level']) => (facts: object, message: string) => {
    lines.push({ level, facts: facts as LogLine['facts'], message })
  }
  return {
    lines,
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
  }
}

/** The error a promise rejects with. */
export async function failure<E = import('../../src/index.ts').LimbeckError>(
  promise: Promise<unknown>,
): Promise<E> {
  try {
    await promise
  } catch (error) {
    return error as E
  }
  throw new Error('expected a rejection')
}
