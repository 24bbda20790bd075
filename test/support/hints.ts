import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { BootOptions } from '../../src/index.ts'
import type { RunOptions } from '../cli/run.ts'
import { type CliProject, cliProject, type Start } from './cli-project.ts'
import { failure } from './revisions.ts'

type Means = Readonly<Record<string, string>>

/** A state that gives a hint, and how to see that the commands in it do what it says. */
export interface Scenario extends Start {
  readonly before?: (project: CliProject) => unknown
  /** The command line that is answered with the hint. */
  readonly typed?: readonly string[]
  /** Instead: the options of a boot that fails with it. */
  readonly boots?: Partial<BootOptions>
  /** Instead: what tells it, where it is no command and no error of a boot. */
  readonly tells?: (project: CliProject) => Promise<string>
  /** What a person puts for `<revision>` and the like. */
  readonly means?: Means | ((project: CliProject) => Means)
  /** What the hint says to do by hand before this command of it. */
  readonly between?: (project: CliProject, index: number) => unknown
  /** On a terminal a command asks before it does what cannot be taken back: yes. */
  readonly asks?: boolean
  /** How the environment of the one who types what is hinted at differs. */
  readonly env?: (project: CliProject) => RunOptions['env']
  /** Exit codes of the commands, in their order, where one of them looks and finds something. Default: all 0. */
  readonly codes?: readonly number[]
  /** The hint gives the choice of one: each is typed in a state of its own. */
  readonly apart?: boolean
  /** The hint says where to look: what is seen there. */
  readonly shows?: RegExp
  /** How it is seen that the state is mended. Default: what told the hint ends well now. */
  readonly after?: (project: CliProject) => unknown
}

interface Command {
  /** Variables in front, as a shell has them. */
  readonly set: string
  readonly line: string
}

/** Every `npx limbeck …` that was printed, once: in backticks, or to the end of its line. */
function commandsIn(text: string): readonly Command[] {
  const all = text.matchAll(
    /`((?:[A-Z]+=\S+ )?)npx limbeck ([^`]+)`|(?<!`|=\S+ )npx limbeck ([^`\n]+)$/gm,
  )
  const found = [...all].map(([, set = '', quoted = '', bare]) => ({ set, line: bare ?? quoted }))
  return found.filter(({ line }, at) => found.findIndex((other) => other.line === line) === at)
}

/** As a shell takes them apart. */
const wordsOf = (line: string) =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')

const variables = (set: string) =>
  Object.fromEntries(
    [...set.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
  )

async function tell(project: CliProject, { typed, boots, tells }: Scenario): Promise<string> {
  if (tells) return await tells(project)
  if (boots) {
    const { message, details } = await failure(project.boot(boots))
    return `${message}\n${details.detail}\n${details.hint}`
  }
  const { stdout, stderr } = await project.limbeck(...(typed ?? []))
  return `${stdout}\n${stderr}`
}

async function inState(scenario: Scenario): Promise<[CliProject, string]> {
  const project = await cliProject(scenario)
  await scenario.before?.(project)
  return [project, await tell(project, scenario)]
}

async function expectMended(project: CliProject, scenario: Scenario, seen: string): Promise<void> {
  const { typed, boots, shows, after } = scenario
  if (shows) expect(seen).toMatch(shows)
  if (after) await after(project)
  if (shows || after) return
  if (boots) await project.boot(boots)
  else if (typed) {
    const again = await project.limbeck(...typed)
    expect(again.code, `${typed.join(' ')}\n${again.stdout}${again.stderr}`).toBe(0)
  } else throw new Error('nothing says whether the state is mended')
}

async function tryScenario(scenario: Scenario): Promise<string> {
  const { means, apart = false, asks = false, codes, between, env } = scenario
  let [project, told] = await inState(scenario)
  const commands = commandsIn(told)
  expect(commands, told).not.toEqual([])
  let seen = ''
  for (const [index, { set, line }] of commands.entries()) {
    if (apart && index > 0) [project] = await inState(scenario)
    await between?.(project, index)
    const meant = Object.entries(
      typeof means === 'function' ? means(project) : (means ?? {}),
    ).reduce((text, [hole, value]) => text.replace(hole, value), line)
    expect(meant).not.toMatch(/[<…>]/)
    const ran = await project.runWith(wordsOf(meant), {
      env: { ...variables(set), ...env?.(project) },
      ...(asks && { types: 'y\n' }),
    })
    expect(ran.code, `npx limbeck ${meant}\n${ran.stdout}${ran.stderr}`).toBe(codes?.[index] ?? 0)
    seen += ran.stdout + ran.stderr
    if (apart || index === commands.length - 1) await expectMended(project, scenario, seen)
  }
  return told
}

/** A line of a source file that tells of a command, as a pattern: what is filled in matches anything. */
export interface Hint {
  readonly file: string
  readonly line: string
  readonly pattern: RegExp
}

const literal = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g
const command = 'npx limbeck'
const plain = (text: string) => text.replace(/\s+/g, ' ').trim()

/** Where hints stand: all that is said of a command outside of comments and of the examples of the help. */
export const hints: readonly Hint[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => {
    const lines = readFileSync(`src/${file}`, 'utf8').split('\n')
    const code = lines.filter((line) => !/^\s*(?:\/\/|\/?\*|example: )/.test(line)).join('\n')
    const found = [...code.matchAll(literal)].flatMap(([text]) =>
      text
        .slice(1, -1)
        .split('\n')
        .filter((line) => line.includes(command)),
    )
    const count = (text: string) => text.split(command).length
    // A literal that this does not read would be a hint that nobody tries.
    expect(count(found.join('\n')), `src/${file}`).toBe(count(code))
    return found.map((line) => ({ file, line, pattern: patternOf(line) }))
  })

function patternOf(line: string): RegExp {
  const parts = line.split(/\$\{[^}]*\}/)
  return new RegExp(
    parts
      .map((part) => plain(part.replaceAll('\\n', ' ').replace(/\\(.)/g, '$1')))
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*'),
  )
}

/** Tries what is hinted at in these states; every hint of the files below `room` has to be told in one of them. */
export function tryHints(room: string, scenarios: Readonly<Record<string, Scenario>>): void {
  const told: string[] = []
  test.each(Object.entries(scenarios))(
    'the commands that are hinted at after %s do what they say',
    async (_, scenario) => {
      told.push(plain(await tryScenario(scenario)))
    },
  )

  test(`every hint of src/${room} is told and tried here`, () => {
    const here = hints.filter(({ file }) => file.startsWith(room))
    expect(here).not.toEqual([])
    const untold = here.filter(({ pattern }) => !told.some((each) => pattern.test(each)))
    expect(untold.map(({ file, line }) => `${file}: ${line}`)).toEqual([])
  })
}
