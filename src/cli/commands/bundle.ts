import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { CliCommand } from '../cli-command.ts'
import { readConfig } from '../config-file.ts'

export const bundle: CliCommand = {
  name: 'bundle',
  summary: 'put all revisions into one module, for bundled services',
  options: [['-o, --output <file>', 'the module to write (default: migrations.mjs)']],
  example: 'npx limbeck bundle -o src/migrations.mjs',
  validate: ({ output = 'migrations.mjs' }) =>
    /\.m?js$/.test(output)
      ? null
      : `--output writes an ES module of JavaScript: name it .mjs or .js, not ${output}`,
  async run({ io, flags }) {
    const { output = 'migrations.mjs' } = flags
    const file = path.resolve(io.cwd, output)
    const { bundleRevisions } = await import('../../bundle/index.ts')
    const { migrations } = await readConfig(io, flags)
    const { code, types, revisions } = await bundleRevisions({ migrations })
    const declarations = file.replace(/\.(m?)js$/, '.d.$1ts')
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, code)
    await writeFile(declarations, types)
    const count = `${revisions.length} ${revisions.length === 1 ? 'revision' : 'revisions'}`
    return {
      data: { file, revisions },
      text: `Wrote ${output}: ${count}. Pass its default export to initDb({ bundle }).`,
    }
  },
}
