import { closeSync, openSync, readFile, readFileSync, readSync, statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { LimbeckError } from '../errors.ts'
import { lineAt } from '../sql/line-at.ts'
import { bundledFile } from './bundle.ts'
import { normalizeText } from './hash.ts'
import { invalidFile } from './invalid-file.ts'

/** Files that are read without a break: in between a service that is already listening may answer. */
const breath = 100
/** Bytes up to which a file is read synchronously: a tenth of the time, which shows in folders of thousands of files. */
const smallFile = 64 * 1024

let filesRead = 0

async function breathe(): Promise<void> {
  if (++filesRead % breath === 0) await setImmediate()
}

/**
 * The normalized text of a revision file. Throws LIMBECK_INVALID_FILE when it cannot be read, is not UTF-8
 * or holds a NUL character (PostgreSQL's parser would silently stop there).
 */
export async function readText(file: string): Promise<string> {
  const bundled = bundledFile(file)
  if (bundled) return bundled.text
  const bytes = await readWhole(file).catch((cause) => {
    throw unreadable(file, cause)
  })
  await breathe()
  const text = normalizeText(decode(file, bytes))
  const nul = text.indexOf('\0')
  if (nul !== -1) {
    throw invalidFile(file, lineAt(text, nul), 'holds a NUL character', 'Remove the character.')
  }
  return text
}

/** Filled and read without a break: one for all files. */
let prefix = Buffer.alloc(0)

/**
 * The beginning of a file, normalized: at most `bytes` bytes, the last character maybe broken.
 * Throws LIMBECK_INVALID_FILE when the file cannot be read.
 */
export async function readPrefix(file: string, bytes: number): Promise<string> {
  await breathe()
  try {
    const descriptor = openSync(file, 'r')
    try {
      if (prefix.length < bytes) prefix = Buffer.alloc(bytes)
      return normalizeText(prefix.toString('utf8', 0, readSync(descriptor, prefix, 0, bytes, 0)))
    } finally {
      closeSync(descriptor)
    }
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

const readLarge = promisify(readFile)

async function readWhole(file: string): Promise<Buffer> {
  return statSync(file).size > smallFile ? await readLarge(file) : readFileSync(file)
}

function decode(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw invalidFile(file, undefined, 'is not UTF-8 text', 'Save the file as UTF-8.', cause)
  }
}

function unreadable(file: string, cause: unknown): LimbeckError {
  const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  return invalidFile(
    file,
    undefined,
    `cannot be read${reason}`,
    'Make the file readable, or remove it if it is a broken link.',
    cause,
  )
}
