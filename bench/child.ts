import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { loadContender } from './contender.ts'
import { measureCall } from './measure-call.ts'

// One contender, one call, in a process of its own: `child <contender> <url> <folder> [wait]`. Whatever tools print goes to
// stdout; the measurement goes to descriptor 3. With `wait` it says "ready" there and begins when stdin says so.
const [name = '', url = '', folder = '', wait] = process.argv.slice(2)
const contender = await loadContender(name)
if (!('migrate' in contender)) throw new Error(`${name} is a program of its own`)
if (wait !== undefined) {
  writeSync(3, 'ready\n')
  // Not readSync: some tools leave stdin non-blocking.
  await once(process.stdin, 'data')
  process.stdin.destroy()
}
writeSync(3, JSON.stringify(await measureCall(contender, url, folder)))
