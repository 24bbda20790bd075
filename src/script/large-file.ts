import { statSync } from 'node:fs'

/** Bytes of SQL that the grammar may take longer for than a moment. */
const largeBytes = 128 * 1024

/** Whether it may take long to parse the file. What is wrong with it is found where it is read. */
export function isLarge(file: string): boolean {
  try {
    return file.endsWith('.sql') && statSync(file).size > largeBytes
  } catch {
    return false
  }
}
