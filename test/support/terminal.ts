import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../dist/lib/limbeck.js', import.meta.url))

/** util-linux's `script`, which gives a program a terminal; macOS has another one. */
export const hasTerminal =
  spawnSync('script', ['--version']).stdout?.includes('util-linux') ?? false

/** Keys as a terminal sends them. */
export const keys = {
  down: '\u001B[B',
  up: '\u001B[A',
  enter: '\r',
  interrupt: '\u0003',
  end: '\u0004',
}

/** What is pressed once a text is on the screen. */
export type Press = readonly [shown: string, keys: string]

interface Seen {
  readonly code: number | null
  /** All that was on the screen, without what moves the cursor. */
  readonly screen: string
}

/** Runs the command line at a terminal of its own, one press after the other. */
export function atTerminal(
  argv: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  presses: readonly Press[],
): Promise<Seen> {
  // One that `script` opens without a terminal of its own has no size.
  const command = `stty cols 120 rows 40; exec ${[process.execPath, bin, ...argv].map(quoted).join(' ')}`
  const { NO_COLOR: _, CI: __, ...inherited } = process.env
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd,
    env: { ...inherited, TERM: 'xterm', ...env },
  })
  let [seen, screen, at] = ['', '', 0]
  const left = [...presses]
  const press = () => {
    const [next] = left
    const found = next === undefined ? -1 : screen.indexOf(next[0], at)
    if (next === undefined || found === -1) return
    at = found + next[0].length
    left.shift()
    child.stdin.write(next[1])
    press()
  }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    // As a whole: a chunk may end within what moves the cursor.
    seen += chunk
    screen = seen.replace(moving, '')
    press()
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, screen }))
  })
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal is told.
const moving = /\u001B(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])/g

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`
