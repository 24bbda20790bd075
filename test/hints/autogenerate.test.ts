import { tryHints } from '../support/hints.ts'

const written = async (
  { file, read, newest, limbeck }: import('../support/cli-project.ts').CliProject,
  statement: string,
) => {
  const name = newest()
  file(
    name,
    read(name).replace(
      /^-- \+upgrade$/m,
      `-- irreversible: others need it\n\n-- +upgrade\n${statement}`,
    ),
  )
  for (const argv of [['upgrade'], ['revision', '--autogenerate', '-m', 'tables'], ['upgrade']]) {
    const { code, stderr } = await limbeck(...argv)
    if (code !== 0) throw new Error(stderr)
  }
}

tryHints('autogenerate', {
  'a type of an extension that is not installed': {
    graph: {},
    models:
      "export const a = pg.pgTable('a', { n: pg.customType({ dataType: () => 'citext' })() })",
    typed: ['revision', '--autogenerate', '-m', 'tables'],
    after: (project) => written(project, 'CREATE EXTENSION "citext";'),
  },
  'a function that is not there': {
    graph: {},
    models: "export const a = pg.pgTable('a', { n: pg.integer().default(sql`next_n()`) })",
    typed: ['revision', '--autogenerate', '-m', 'tables'],
    means: { '…': 'function' },
    after: (project) => written(project, 'CREATE FUNCTION next_n() RETURNS int RETURN 1;'),
  },
})
