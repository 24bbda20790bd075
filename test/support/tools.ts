import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { npmEnvironment } from './packed.ts'

const run = promisify(execFile)

const versions = { bun: '1', deno: '2', jest: '30', tsup: '8' } as const

/** A program that npm has as a package, or why it cannot be had here. */
export type Tool = { readonly file: string } | { readonly missing: string }

const found = new Map<string, Promise<Tool>>()

/** Installed when a test first asks for it, and kept beside the project's own packages. */
export function findTool(name: keyof typeof versions): Promise<Tool> {
  const known = found.get(name) ?? install(name)
  found.set(name, known)
  return known
}

async function install(name: keyof typeof versions): Promise<Tool> {
  const cache = path.resolve('node_modules/.cache/limbeck-tools')
  const folder = path.join(cache, `${name}-${versions[name]}`)
  const file = path.join(folder, 'node_modules/.bin', name)
  if (await runs(file)) return { file }
  await mkdir(cache, { recursive: true })
  const unfinished = await mkdtemp(`${folder}-`)
  try {
    // With its scripts: those of Bun and Deno put the program in its place.
    const wanted = `${name}@${versions[name]}`
    await run('npm', ['install', '--prefix', unfinished, wanted], { env: npmEnvironment() })
    // Another worker may have been quicker.
    await rename(unfinished, folder).catch(() => {})
    if (await runs(file)) return { file }
    return { missing: `${name} of npm does not run here` }
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n')
    return { missing: `${name} cannot be installed from npm here: ${reason}` }
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

async function runs(file: string): Promise<boolean> {
  return await run(file, ['--version']).then(
    () => true,
    () => false,
  )
}
