import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'

/** What tsc has made of a source: the types stay beside it, the code is put together here. */
const built = (name) => fileURLToPath(new URL(`dist/src/${name}.js`, import.meta.url))

/** These modules and what they import go into one file: Node.js takes as long for a small file as for a large one. */
const together = (name, priority, ...modules) => {
  const files = new Set(modules.map(built))
  return { name, priority, test: (id) => files.has(id) }
}

// The package as it is installed. What a boot loads at head, when it migrates, and when it creates is a file each; what is
// imported only when it is needed elsewhere stays in files of its own.
await build({
  input: {
    index: built('index'),
    fastify: built('fastify/plugin'),
    graph: built('revision/index'),
    limbeck: built('cli/main'),
    // Processes of their own, found beside the file that starts them (src/models/fork-child.ts).
    'read-models-child': built('models/read-models-child'),
    'embedded-server-child': built('scratch/embedded-server-child'),
  },
  platform: 'node',
  external: /^[^./]/,
  output: {
    dir: fileURLToPath(new URL('dist/lib', import.meta.url)),
    cleanDir: true,
    chunkFileNames: '[name].js',
    // Names in a stack trace are those of the sources.
    minifyInternalExports: false,
    codeSplitting: {
      // A module belongs to the first that wants it.
      groups: [
        together('boot', 4, 'index', 'boot/init-db'),
        together('revisions', 3, 'revision/index'),
        together('migrate', 2, 'boot/decide', 'commands/upgrade'),
        together('models', 1, 'models/from-drizzle/schema-from-models', 'schema/create-statements'),
      ],
    },
  },
})
