import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { allPages } from './pages.ts'
import type { Reader } from './reader-shell.ts'

// The README's two commands cannot be run by a test that they run. Where each is run instead:
const covered: Readonly<Record<string, (file: string) => boolean>> = {
  // The service's tests spawn the very file that `npm start` builds and runs.
  'npm ci && npm start': (file) =>
    scripts.start === 'node dist/src/service/server.js' &&
    scripts.prestart === 'npm run --silent build' &&
    file === 'test/service/embedded-postgres.test.ts' &&
    existsSync(file) &&
    readFileSync('test/service/process.ts', 'utf8').includes("'dist/src/service/server.js'"),
  'npm ci && npm test': (file) => /^npm ci$\n^npm test\b/m.test(readFileSync(file, 'utf8')),
}

const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
)

export function checkExample(text: string, file: string): void {
  if (!readFileSync(path.join('examples', file), 'utf8').includes(text))
    throw new Error(`examples/${file} has other text`)
}

/** What is shown stands in what was printed, line by line, in this order; `…` stands for any text. */
export function checkShown(printed: string, shown: string): void {
  const lines = printed.split('\n')
  for (const line of shown.trim().split('\n')) {
    const pattern = new RegExp(
      `^\\s*${line
        .trim()
        .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
        .replace(/\b[0-9a-f]{12}\b/g, '[0-9a-f]{12}')
        .replaceAll('…', '.*')}\\s*$`,
    )
    const found = lines.findIndex((each) => pattern.test(each))
    if (found === -1) throw new Error(`"${line}" is not in what was printed:\n${printed}`)
    lines.splice(0, found + 1)
  }
}

/** A few lines of a file that another page shows whole. */
export function checkPart({ folder }: Reader, name: string, text: string): void {
  const file = [path.join(folder, 'shop', name), name].find((each) => existsSync(each))
  const whole = file === undefined ? allPages : readFileSync(file, 'utf8')
  for (const line of text.trim().split('\n'))
    if (!whole.includes(line.trim())) throw new Error(`${name} has no line "${line}"`)
}

export function checkCovered(text: string, file: string): void {
  const command = text.trim()
  if (!covered[command]?.(file)) throw new Error(`"${command}" is not covered by ${file}`)
}

// What .ci/run cannot run it says so of.
export function checkDocker(text: string): void {
  const command = 'docker compose up'
  const isTold = readFileSync('.ci/run', 'utf8').includes(command)
  if (!isTold || !text.startsWith(command)) throw new Error(`"${text}" needs more than Docker`)
}

/** Ids and times are of the day the README was written. */
export function checkOutput(printed: string, shown: string, language: string): void {
  const [given, wanted] = [printed, shown].map((text) => {
    const timeless = text
      .replace(/\b[0-9a-f]{12}\b/g, '<id>')
      .replace(/^-- models: [0-9a-f]{16}$/gm, '-- models: <fingerprint>')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    return language === 'json' ? JSON.stringify(JSON.parse(timeless)) : timeless.trim()
  })
  if (given !== wanted) throw new Error(`printed ${given}, shown is ${wanted}`)
}

/** The one file of the project whose name fits, written by the command before. */
export function checkWritten({ folder }: Reader, name: string, text: string): void {
  const [place, end = ''] = path.join(folder, 'shop', name).split('*')
  const inside = path.dirname(`${place}x`)
  const [found, ...others] = readdirSync(inside).filter((file) => file.endsWith(end))
  if (found === undefined || others.length > 0) throw new Error(`${name} is not one file`)
  checkOutput(readFileSync(path.join(inside, found), 'utf8'), text, 'sql')
}

export function checkSame(text: string, file: string): void {
  if (readFileSync(file, 'utf8') !== text) throw new Error(`${file} says something else`)
}

export async function checkPaths({ replacements }: Reader, text: string): Promise<void> {
  const origin = replacements['http://localhost:3000']
  for (const [, probed = ''] of text.matchAll(/path: (\S+),/g)) {
    const { status } = await fetch(`${origin}${probed}`)
    if (status !== 200) throw new Error(`${probed} answers ${status}`)
  }
}
