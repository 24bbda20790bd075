import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The TypeScript files of a folder and their texts, by their paths below it. */
export function textsOf(folder: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll(path.sep, '/'))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => [file, readFileSync(`${folder}/${file}`, 'utf8')]),
  )
}

/** Those of src. */
export const texts = textsOf('src')
