import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The files of src and their texts, by their paths below it. */
export const texts = new Map(
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, readFileSync(`src/${file}`, 'utf8')]),
)
