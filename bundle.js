import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'

// What the package ships: code put together from src/, one declaration file for each entry point, and a door for
// CommonJS. tsc has written dist/src before: the service runs from it, and the declarations are made from its own.

const at = (file) => fileURLToPath(new URL(file, import.meta.url))
const source = (name) => at(`src/${name}.ts`)
const lib = at('dist/lib')

/** Entry points and the source of each; package.json's `exports` has the same names. */
const entries = {
  index: source('index'),
  bundle: source('bundle/index'),
  embedded: source('embedded/index'),
  fastify: source('fastify/plugin'),
  graph: source('revision/index'),
  http: source('http/index'),
  testing: source('testing/index'),
}

await buildCode()
await Promise.all(Object.entries(entries).map(([name, file]) => buildTypes(name, file)))
await Promise.all(Object.keys(entries).map(writeCommonJs))

/** What a boot loads at head, when it migrates, and when it creates is a file each; what is imported only when it is needed elsewhere stays in files of its own. */
async function buildCode() {
  /** These modules and what they import go into one file: Node.js takes as long for a small file as for a large one. */
  const together = (name, priority, ...modules) => {
    const files = new Set(modules.map(source))
    return { name, priority, test: (id) => files.has(id) }
  }
  await build({
    input: {
      ...entries,
      limbeck: source('cli/main'),
      // Processes of their own, found beside the file that starts them (src/models/fork-child.ts).
      'read-models-child': source('models/read-models-child'),
    },
    platform: 'node',
    resolve: { mainFields: ['module', 'main'] },
    external: (id) =>
      /^[^./\0]/.test(id) && !/^(libpg-query|@pgsql\/types|grammar-binary)$/.test(id),
    plugins: [grammar()],
    output: {
      dir: lib,
      cleanDir: true,
      chunkFileNames: '[name].js',
      sourcemap: true,
      // Names in a stack trace are those of the sources.
      minifyInternalExports: false,
      codeSplitting: {
        // A module belongs to the first that wants it.
        groups: [
          { name: 'grammar', priority: 5, test: /libpg-query|grammar-binary/ },
          together('boot', 4, 'index', 'boot/init-db'),
          together('revisions', 3, 'revision/index'),
          together('migrate', 2, 'boot/decide'),
          together('code', 1, 'script/ts-script', 'script/load', 'run/context/create-context'),
          together(
            'models',
            1,
            'boot/build-fresh',
            'models/from-drizzle/schema-from-models',
            'schema/create-statements',
          ),
        ],
      },
    },
  })
}

/**
 * PostgreSQL's grammar as one chunk of the package, its WebAssembly inside: bundlers follow the import and need not be told
 * to copy a file. The binary is 1.7 MB, and 0.45 MB the way it is kept here.
 */
function grammar() {
  const wasm = createRequire(import.meta.url).resolve('libpg-query/wasm/libpg-query.wasm')
  return {
    name: 'grammar',
    resolveId: (id) => (id === 'grammar-binary' ? '\0grammar-binary' : undefined),
    load: async (id) => {
      if (id !== '\0grammar-binary') return undefined
      const licence = await readFile(path.join(path.dirname(wasm), '../LICENSE'), 'utf8')
      const text = gzipSync(await readFile(wasm), { level: 9 }).toString('base64')
      return `/*! libpg-query\n${licence}*/
import { gunzipSync } from 'node:zlib'
export const instantiateWasm = (imports, done) => {
  const module = new WebAssembly.Module(gunzipSync(Buffer.from('${text}', 'base64')))
  return done(new WebAssembly.Instance(module, imports))
}`
    },
    transform: (code, id) => {
      // Nobody steps through generated code: it needs no source map.
      const plain = (text) => ({ code: text, map: { mappings: '' } })
      if (id.endsWith('libpg-query/wasm/index.js'))
        return plain(
          `import { instantiateWasm } from 'grammar-binary'\n${once(code, 'PgQueryModule()', 'PgQueryModule({ instantiateWasm })')}`,
        )
      if (!id.endsWith('libpg-query/wasm/libpg-query.js')) return undefined
      const withoutFiles = once(code, 'require("node:fs")', '{}')
      const withoutRequire = once(
        withoutFiles,
        'require("node:crypto")',
        'process.getBuiltinModule("node:crypto")',
      )
      return plain(once(withoutRequire, '__dirname+"/"', '"/"'))
    },
  }
}

/** A new version of the dependency that is written otherwise must not slip through. */
function once(text, from, to) {
  if (text.split(from).length !== 2) throw new Error(`libpg-query has not exactly one ${from}`)
  return text.replace(from, () => to)
}

/** One declaration file with everything the entry point shows. */
async function buildTypes(name, file) {
  await build({
    input: {
      [name]: path.join(at('dist'), path.relative(at('.'), file)).replace(/\.ts$/, '.d.ts'),
    },
    plugins: [dts({ dtsInput: true, emitDtsOnly: true, tsconfig: false, sourcemap: false })],
    // An entry point says what it shares with the main one by importing it, as users do.
    external: (id, importer) =>
      /^[^./\0]/.test(id) || (name !== 'index' && importer !== undefined && isMain(id, importer)),
    output: { dir: lib, format: 'es' },
    logLevel: 'warn',
  })
  const rolled = path.join(lib, `${name}.d.ts`)
  const text = (await readFile(rolled, 'utf8'))
    .replace(/^\/\/ .*\bdist\/src\/.*\n/gm, '')
    .replace(/(?<= from )"[^"]*\/index(\.d)?\.ts"/g, '"./index.js"')
    // drizzle-orm is an optional peer: where it is missing what is typed by it is `any`, and nothing fails.
    .replace(/^import .* from "drizzle-orm/gm, '// @ts-ignore\n$&')
  await writeFile(rolled, text)
  await writeFile(path.join(lib, `${name}.d.cts`), text.replaceAll('"./index.js"', '"./index.cjs"'))
}

function isMain(id, importer) {
  const asked = path.resolve(path.dirname(importer), id).replace(/(\.d)?\.[jt]s$/, '')
  return asked === at('dist/src/index')
}

/**
 * Node.js that Limbeck runs on can require() an ES module: there is one copy of everything, whichever way it is loaded. The
 * names stand there for import() of this file, which looks for them in the text.
 */
async function writeCommonJs(name) {
  const names = Object.keys(await import(`./dist/lib/${name}.js`))
  const told = names.map((it) => `  ${it}: null,\n`).join('')
  const text = names.includes('default')
    ? `Object.defineProperty(exports, '__esModule', { value: true })\nexports.default = require('./${name}.js').default\n`
    : `module.exports = require('./${name}.js')\n\n0 && (module.exports = {\n${told}})\n`
  await writeFile(path.join(lib, `${name}.cjs`), text)
}
