import { closeSync, openSync, readdirSync, readSync, writeSync } from 'node:fs'

// The floor of reading a folder: `files-child <folder>` opens every file in it and reads what may be its head.
const [folder = ''] = process.argv.slice(2)
const buffer = Buffer.alloc(512)
const start = performance.now()
for (const name of readdirSync(folder)) {
  const descriptor = openSync(`${folder}/${name}`, 'r')
  readSync(descriptor, buffer, 0, buffer.length, 0)
  closeSync(descriptor)
}
writeSync(3, JSON.stringify({ loadMs: performance.now() - start }))
