import { isUtf8 } from 'node:buffer'
import { closeSync, openSync, readFile, readSync } from 'node:fs'
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
  await breathe()
  const text = normalizeText(readSmall(file) ?? decode(file, await readLarge(file)))
  const nul = text.indexOf('\0')
  if (nul !== -1) {
    throw invalidFile(file, lineAt(text, nul), 'holds a NUL character', 'Remove the character.')
  }
  return text
}

/** Where the beginning of a file ends: `text` may then end in a broken character. */
const prefixBytes = 512
/** A read takes as long as one of a prefix. */
const pageBytes = 4 * 1024

/**
 * The beginning of a file, normalized, and whether that is all of it: then it is what readText() returns.
 * Throws LIMBECK_INVALID_FILE when the file cannot be read.
 */
export async function readBeginning(
  file: string,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  await breathe()
  const bytes = readStart(file, pageBytes)
  const isWhole = bytes.length < pageBytes && isUtf8(bytes) && !bytes.includes(0)
  const read = isWhole ? bytes : bytes.subarray(0, prefixBytes)
  return { text: normalizeText(read.toString('utf8')), isWhole }
}

/** Null for a file that is too large to be read without a break. */
function readSmall(file: string): string | null {
  const bytes = readStart(file, smallFile + 1)
  return bytes.length > smallFile ? null : decode(file, bytes)
}

/** Filled and read without a break: one for all files. */
let start = Buffer.alloc(0)

/** The first bytes of a file, until the next file is read. */
function readStart(file: string, bytes: number): Buffer {
  try {
    const descriptor = openSync(file, 'r')
    try {
      if (start.length < bytes) start = Buffer.alloc(bytes)
      return start.subarray(0, readSync(descriptor, start, 0, bytes, 0))
    } finally {
      closeSync(descriptor)
    }
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

const readWhole = promisify(readFile)

async function readLarge(file: string): Promise<Buffer> {
  return await readWhole(file).catch((cause) => {
    throw unreadable(file, cause)
  })
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decode(file: string, bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
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
