import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { texts, textsOf } from './support/sources.ts'

// The house: imports lead down this list only, and rooms on one line do not import each other. docs/architecture.md says
// what each room is for.
const rooms: readonly (readonly string[])[] = [
  ['service', 'fastify', 'testing'],
  ['cli', 'http'],
  ['index'],
  ['bundle'],
  ['migrator'],
  ['commands'],
  ['fleet'],
  ['boot', 'check'],
  ['scratch'],
  ['run', 'changes'],
  ['authoring', 'embedded'],
  ['session', 'models'],
  ['ledger'],
  ['config'],
  ['script', 'autogenerate'],
  ['database', 'schema'],
  ['revision'],
  ['graph-drawing'],
  ['sql', 'graph', 'did-you-mean', 'private-files', 'debug', 'unbundled'],
  ['errors'],
]

/** Started or imported from outside: nothing in src imports them. */
const entries: readonly string[] = [
  ...readFileSync('bundle.js', 'utf8').matchAll(/source\('([\w/-]+)'\)/g),
  ['', 'service/server'],
].map(([, name]) => `${name}.ts`)

const level = new Map(rooms.flatMap((names, index) => names.map((name) => [name, index])))
const roomOf = (file: string) => file.split('/')[0]?.replace(/\.ts$/, '') ?? ''

/** What a file imports of src, types included. */
const imports = new Map(
  [...texts].map(([file, text]) => [
    file,
    [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g)]
      .map(([, to = '']) => path.posix.join(path.posix.dirname(file), to))
      .filter((to) => !to.startsWith('..') && !to.includes('$')),
  ]),
)

describe('the rooms', () => {
  test('are all in the list', () => {
    expect([...texts.keys()].map(roomOf).filter((room) => !level.has(room))).toEqual([])
  })

  test('import downwards only', () => {
    const upwards = [...imports].flatMap(([file, targets]) =>
      targets
        .filter((to) => roomOf(to) !== roomOf(file))
        .filter((to) => (level.get(roomOf(to)) ?? 0) <= (level.get(roomOf(file)) ?? 0))
        .map((to) => `${file} imports ${to}`),
    )
    expect(upwards).toEqual([])
  })

  test('have no cycle among their files, types included', () => {
    const finished = new Set<string>()
    const walk = (file: string, above: readonly string[]): string[] => {
      if (above.includes(file)) return [[...above.slice(above.indexOf(file)), file].join(' → ')]
      if (finished.has(file)) return []
      const found = (imports.get(file) ?? []).flatMap((to) => walk(to, [...above, file]))
      finished.add(file)
      return found
    }
    expect([...imports.keys()].flatMap((file) => walk(file, []))).toEqual([])
  })

  test('keep commands apart: none imports another', () => {
    const beside = [...imports].flatMap(([file, targets]) =>
      targets
        .filter(
          (to) => /^(?:cli\/)?commands\//.test(file) && path.dirname(to) === path.dirname(file),
        )
        .map((to) => `${file} imports ${to}`),
    )
    expect(beside).toEqual([])
  })

  test('export no function or value that no other file names', () => {
    const naming = new Map<string, Set<string>>()
    for (const folder of ['src', 'test', 'bench'])
      for (const [file, text] of textsOf(folder))
        for (const [word] of text.matchAll(/\w+/g))
          naming.set(word, (naming.get(word) ?? new Set()).add(`${folder}/${file}`))
    const unused = [...texts].flatMap(([file, text]) =>
      [...text.matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm)]
        .filter(([, name = '']) => naming.get(name)?.size === 1)
        .map(([, name]) => `${file}: ${name}`),
    )
    expect(unused).toEqual([])
  })

  test('hold no file that nothing imports', () => {
    const imported = new Set([...imports.values()].flat())
    expect(
      [...texts.keys()].filter((file) => !imported.has(file) && !entries.includes(file)),
    ).toEqual([])
  })
})

test.each(['src', 'test'])('no file of %s has more than 250 lines', (folder) => {
  const long = [...textsOf(folder)].filter(([, text]) => text.trimEnd().split('\n').length > 250)
  expect(long.map(([file]) => file)).toEqual([])
})

test('no two exported types share a name', () => {
  const names = [...texts.values()].flatMap((text) =>
    [...text.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name = '']) => name),
  )
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

/** What is handed from function to function. */
const handles = [
  'Session',
  'Connection',
  'Config',
  'Revisions',
  'RevisionMap',
  'Logger',
  'AbortSignal',
]

/** Exported by an entry of the package: for callers, not for handing on inside. */
const exported = new Set(
  [...texts]
    .filter(([file]) => /^(?:\w+\/)?index\.ts$/.test(file))
    .flatMap(([, text]) => [...text.matchAll(/\bexport (?:type )?\{([^}]*)\}/g)])
    .flatMap(([, names = '']) => names.match(/\b[A-Z]\w*/g) ?? []),
)

/** Object types with their bases and fields; comments apart. */
const objectTypes = [...texts].flatMap(([file, text]) =>
  [
    ...text
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      .matchAll(
        /^(?:export )?(?:interface (\w+)([^{\n]*)|type (\w+)[^=\n]*=([^{;\n]*))\{\n([\s\S]*?)^\}/gm,
      ),
  ].map(([, name, bases, alias, parts, fields = '']) => ({
    file,
    name: name ?? alias ?? '',
    bases: bases ?? parts ?? '',
    fields,
  })),
)

/** Those that hold a handle, or another of these. docs/decisions/0007-context-types.md says what each is for. */
function contextTypes(): readonly string[] {
  const found = new Set<(typeof objectTypes)[number]>()
  for (let before = -1; before < found.size; ) {
    before = found.size
    const names = [...handles, ...[...found].map(({ name }) => name)].join('|')
    const field = new RegExp(
      `^  (?:readonly )?\\w+\\??: (?:Pick<|Omit<)?(?:${names})\\b(?![[.])`,
      'm',
    )
    const base = new RegExp(`\\b(?:${names})\\b(?!\\[)`)
    for (const type of objectTypes)
      if (!exported.has(type.name) && (field.test(type.fields) || base.test(type.bases)))
        found.add(type)
  }
  return [...found].map(({ file, name }) => `${file}: ${name}`).toSorted()
}

test('at most 13 types are bags of what is handed on', () => {
  const found = contextTypes()
  expect(found.length, found.join('\n')).toBeLessThanOrEqual(13)
  const page = readFileSync('docs/decisions/0007-context-types.md', 'utf8')
  const unexplained = found.filter((type) => !page.includes(`\`${type.split(': ')[1]}\``))
  expect(unexplained).toEqual([])
})

test('what lasts is measured by a clock that only goes forward', () => {
  const found = [...texts].filter(([, text]) => text.includes('Date.now()')).map(([file]) => file)
  // How many days ago a template was used, which other processes have written down.
  expect(found).toEqual(['testing/template.ts'])
})

test('every file that the documentation names is there', () => {
  const pages = [
    ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'],
    ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md') && !/node_modules|\.vitepress/.test(file))
      .map((file) => `docs/${file}`),
  ]
  const missing = pages.flatMap((page) =>
    [
      ...readFileSync(page, 'utf8').matchAll(
        /`((?:src|test|bench|docs|skills|examples)\/[\w./-]+)`/g,
      ),
    ]
      .map(([, file = '']) => file)
      .filter((file) => !existsSync(file))
      .map((file) => `${page}: ${file}`),
  )
  expect(missing).toEqual([])
})

test('no test depends on chance, or gives up after a number of tries', () => {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
    // The soak is to meet what is new each time.
    .filter((file) => file.endsWith('.ts') && !/^(?:soak|tidy)/.test(file))
  const depends = files.filter((file) => {
    const text = readFileSync(`test/${file}`, 'utf8')
    const isRandom = /\bfc\.(?:assert|sample)\(/.test(text) && !/\bseed(?:ed)?\b/.test(text)
    return isRandom || /Math\.random\(|\bseed = Date|\btries\+\+/.test(text)
  })
  expect(depends).toEqual([])
})
