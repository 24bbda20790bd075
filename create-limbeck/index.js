#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'

const managers = {
  npm: { add: ['npm', 'install'], run: ['npx'] },
  pnpm: { add: ['pnpm', 'add'], run: ['pnpm', 'exec'] },
  yarn: { add: ['yarn', 'add'], run: ['yarn', 'run'] },
  bun: { add: ['bun', 'add'], run: ['bunx'] },
}
const [called = 'npm'] = /^\w+/.exec(process.env.npm_config_user_agent ?? '') ?? []
const { add, run } = managers[called] ?? managers.npm

if (!isInstalled()) carryOut([...add, 'limbeck'])
carryOut([...run, 'limbeck', 'init', ...process.argv.slice(2)])

function isInstalled() {
  try {
    createRequire(path.resolve('package.json')).resolve('limbeck/package.json')
    return true
  } catch {
    return false
  }
}

/** Ends this process with the status of a program that fails. */
function carryOut([program, ...args]) {
  // On Windows package managers are scripts of the shell.
  const shell = process.platform === 'win32'
  const { status, error } = spawnSync(program, args, { stdio: 'inherit', shell })
  if (error) process.stderr.write(`create-limbeck: could not run ${program}: ${error.message}\n`)
  if (status !== 0) process.exit(status ?? 1)
}
