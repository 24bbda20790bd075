import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import path from 'node:path'
import { Script as JavaScript } from 'node:vm'
import { invalidFile } from '../script/invalid-file.ts'

/** Text of a module: what it imports from outside, and functions that run its parts. */
export interface InlinedCode {
  readonly imports: string
  readonly modules: string
}

interface Part {
  readonly code: string
  /** What it imports, as written, and the name of the part or package that it is. */
  readonly targets: Readonly<Record<string, string>>
}

/**
 * The code of `files` and of what they import by relative paths, as functions in CommonJS's form; packages stay imports,
 * which a bundler or Node.js resolves. Throws LIMBECK_INVALID_FILE for what needs the file it stands in.
 */
export async function inlineCode(
  files: readonly string[],
  nameOf: (file: string) => string,
): Promise<InlinedCode> {
  if (files.length === 0) return { imports: '', modules: '' }
  const transform = await createTransform()
  const parts = new Map<string, Part>()
  const packages = new Set<string>()
  const add = async (file: string): Promise<void> => {
    const name = nameOf(file)
    if (parts.has(name)) return
    const code = await readPart(file, transform)
    const targets: Record<string, string> = {}
    parts.set(name, { code, targets })
    for (const specifier of importsOf(code)) {
      const found = resolveRelative(file, specifier)
      targets[specifier] = found === null ? specifier : nameOf(found)
      if (found === null) packages.add(specifier)
      else await add(found)
    }
  }
  for (const file of files) await add(file)
  return write(parts, [...packages].sort())
}

type Transform = (source: string, file: string) => string

/** TypeScript to CommonJS, by the loader that runs revisions too. */
async function createTransform(): Promise<Transform> {
  const { createJiti } = await import('jiti')
  const jiti = createJiti(import.meta.url, { fsCache: false })
  return (source, filename) => jiti.transform({ source, filename, ts: true, async: false })
}

async function readPart(file: string, transform: Transform): Promise<string> {
  const text = await readFile(file, 'utf8')
  if (file.endsWith('.json')) return `module.exports = ${text}`
  if (/\bimport\.meta\b|\b__(?:dirname|filename)\b/.test(text))
    throw invalidFile(
      file,
      undefined,
      'needs the location of its file (import.meta, __dirname), which a bundle does not have',
      'Import what it reads, as JSON or as a string in a module.',
    )
  const code = transform(text, file)
  refuseUnreadable(file, code)
  try {
    new JavaScript(`(function () {${code}\n})`)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const hint = 'Move what is awaited at the top level into upgrade and downgrade.'
    throw invalidFile(file, undefined, `cannot be put into a function: ${reason}`, hint, cause)
  }
  return code
}

/** The transformation does not throw: in place of the code it writes what it did not understand. */
function refuseUnreadable(file: string, code: string): void {
  const [, found] = /^exports\.__JITI_ERROR__ = (\{.*\})/.exec(code) ?? []
  if (found === undefined) return
  const { line, message }: { line: number; message: string } = JSON.parse(found)
  throw invalidFile(file, line, message.trim(), 'Correct the file so that it can be imported.')
}

/** As the transformation writes them, and nothing that stands in a text of the revision's own. */
const imported =
  /^(?:var \w+ = )?(?:_interopRequire(?:Wildcard|Default)\()?require\((["'])(.+?)\1\)|\bjitiImport\((["'])(.+?)\3\)/gm

const importsOf = (code: string): readonly string[] => [
  ...new Set([...code.matchAll(imported)].map(([, , plain, , dynamic]) => plain ?? dynamic ?? '')),
]

/** The file of a relative import, found as bundlers find it; null for a package. */
function resolveRelative(from: string, specifier: string): string | null {
  if (!/^\.{1,2}\//.test(specifier) || builtinModules.includes(specifier)) return null
  const target = path.resolve(path.dirname(from), specifier)
  const ends = ['', '.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js']
  const asWritten = ends.map((end) => target + end)
  // TypeScript's own way: what is imported as .js is written as .ts.
  const candidates = [...asWritten, target.replace(/\.([mc]?)js$/, '.$1ts')]
  const found = candidates.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
  if (found !== undefined) return found
  throw invalidFile(
    from,
    undefined,
    `imports ${specifier}, which is not there`,
    'Correct the import.',
  )
}

function write(parts: ReadonlyMap<string, Part>, packages: readonly string[]): InlinedCode {
  const imports = packages.map((name, at) => `import * as p${at} from ${JSON.stringify(name)}\n`)
  const known = packages.map((name, at) => `  ${JSON.stringify(name)}: p${at},\n`)
  const functions = [...parts].map(
    ([
      name,
      { code, targets },
    ]) => `  ${JSON.stringify(name)}: [${JSON.stringify(targets)}, (exports, require, module, jitiImport) => {
${code}
  }],
`,
  )
  return {
    imports: imports.join(''),
    modules: `
const packages = {
${known.join('')}}
const parts = {
${functions.join('')}}
const loaded = {}
const external = (name) => ({ __esModule: true, ...packages[name] })
function load(name) {
  if (loaded[name]) return loaded[name].exports
  const module = (loaded[name] = { exports: {} })
  const [targets, run] = parts[name]
  const require = (asked) => (targets[asked] in parts ? load(targets[asked]) : external(asked))
  run(module.exports, require, module, async (asked) => require(asked))
  return module.exports
}
`,
  }
}
