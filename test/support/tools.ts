import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
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
  const installed = await installPackages(`${name}-${versions[name]}`, [
    `${name}@${versions[name]}`,
  ])
  if ('missing' in installed) return installed
  const file = path.join(installed.folder, 'node_modules/.bin', name)
  return (await runs(file)) ? { file } : { missing: `${name} of npm does not run here` }
}

/** A folder with packages of npm, or why they cannot be had here. */
export type Packages = { readonly folder: string } | { readonly missing: string }

/**
 * Installed when a test first asks for them, and kept beside the project's own packages. Their scripts are run unless `flags`
 * say otherwise: those of Bun and Deno put the program in its place.
 */
export async function installPackages(
  name: string,
  packages: readonly string[],
  flags: readonly string[] = [],
): Promise<Packages> {
  const cache = path.resolve('node_modules/.cache/limbeck-tools')
  const folder = path.join(cache, name)
  if (existsSync(path.join(folder, 'node_modules'))) return { folder }
  await mkdir(cache, { recursive: true })
  const unfinished = await mkdtemp(`${folder}-`)
  try {
    await run('npm', ['install', ...flags, '--prefix', unfinished, ...packages], {
      env: npmEnvironment(),
    })
    // Another worker may have been quicker.
    await rename(unfinished, folder).catch(() => {})
    return { folder }
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n')
    return { missing: `${packages.join(', ')} cannot be installed from npm here: ${reason}` }
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
