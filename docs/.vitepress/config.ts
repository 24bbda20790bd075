import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The parts of the site, in the order in which they are read. */
const parts: readonly (readonly [title: string, folder: string])[] = [
  ['Start', 'start'],
  ['Hosts', 'hosts'],
  ['Tasks', 'tasks'],
  ['Deploy', 'deploy'],
  ['Understand', 'understand'],
  ['Reference', 'reference'],
  ['Coming from', 'from'],
  ['Project', 'project'],
]

const titleOf = (file: string) =>
  /^# (.+)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1] ?? file

const pagesIn = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => ({ file: `${folder}/${name}`, text: titleOf(`${folder}/${name}`) }))

const project = [
  'architecture.md',
  'autogenerate.md',
  'performance.md',
  'reliability.md',
  'security.md',
].map((file) => ({ file, text: titleOf(file) }))

const groups = parts.map(([text, folder]) => ({
  text,
  pages: [...pagesIn(folder), ...(folder === 'project' ? project : [])],
}))

export default defineConfig({
  title: 'Limbeck',
  description: 'Startup migrator for Fastify, Drizzle ORM and PostgreSQL: Alembic for TypeScript',
  cleanUrls: true,
  srcExclude: ['decisions/**', 'node_modules/**'],
  ignoreDeadLinks: [/\.\.\/\.\.\//, /README/, /CONTRIBUTING/, /decisions/],
  markdown: {
    // Each error code is an anchor: the address that an error ends with.
    config(md) {
      const plain = md.renderer.rules.code_inline
      md.renderer.rules.code_inline = (tokens, index, options, env, self) => {
        const html = plain?.(tokens, index, options, env, self) ?? ''
        const code = tokens[index]?.content ?? ''
        const isCodes = env.relativePath === 'reference/errors.md' && /^LIMBECK_[A-Z_]+$/.test(code)
        if (!isCodes || env[code] === true) return html
        env[code] = true
        return `<a id="${code.toLowerCase()}"></a>${html}`
      }
    },
  },
  vite: {
    // The playground runs Limbeck's own planner, which knows no files.
    resolve: { alias: { 'node:path': join(root, '.vitepress/theme/path.ts') } },
    server: { fs: { allow: [join(root, '..')] } },
  },
  themeConfig: {
    search: { provider: 'local' },
    nav: groups
      .slice(0, 6)
      .map(({ text, pages: [first] }) => ({ text, link: `/${first?.file.replace(/\.md$/, '')}` })),
    sidebar: groups.map(({ text, pages }) => ({
      text,
      items: pages.map((page) => ({ text: page.text, link: `/${page.file.replace(/\.md$/, '')}` })),
    })),
  },
  /** Every page also as Markdown, and a list of them: for programs that read. */
  buildEnd({ outDir }) {
    const lines = groups.flatMap(({ text, pages }) => [
      `## ${text}`,
      '',
      ...pages.map((page) => `- [${page.text}](/${page.file})`),
      '',
    ])
    writeFileSync(
      join(outDir, 'llms.txt'),
      ['# Limbeck', '', '> Startup migrator for Drizzle ORM and PostgreSQL.', '', ...lines].join(
        '\n',
      ),
    )
    for (const { file } of groups.flatMap(({ pages }) => pages)) {
      mkdirSync(dirname(join(outDir, file)), { recursive: true })
      copyFileSync(join(root, file), join(outDir, file))
    }
  },
})
