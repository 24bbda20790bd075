import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startGate } from 'limbeck/http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { commands } from '../../src/cli/commands.ts'
import { revisionFolder } from '../support/revisions.ts'

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: number }
}

interface Container {
  readonly name: string
  readonly image: string
  readonly command?: readonly string[]
  readonly ports?: readonly { readonly containerPort: number }[]
  readonly env: readonly { readonly name: string; readonly value?: string }[]
  readonly livenessProbe?: Probe
  readonly readinessProbe?: Probe
}

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly selector?: { readonly matchLabels: object }
    readonly template: {
      readonly metadata?: { readonly labels: object }
      readonly spec: {
        readonly restartPolicy?: string
        readonly terminationGracePeriodSeconds?: number
        readonly containers: readonly Container[]
      }
    }
  }
}

const read = (file: string) => readFileSync(`examples/${file}`, 'utf8')

const manifests = ['kubernetes/service.yaml', 'kubernetes/job.yaml'].flatMap((file) =>
  parseAllDocuments(read(file)).map((document) => {
    expect(document.errors, file).toEqual([])
    return document.toJS() as Manifest
  }),
)

/** What the service of the manifests reads from its environment, and where it listens. */
const server = read('fastify/server.js')
const variables = [...server.matchAll(/process\.env\.(\w+)/g)].map(([, name]) => name)
const port = Number(/PORT \?\? (\d+)/.exec(server)?.[1])

/** Asks a gate at head of nothing: which paths are Limbeck's, and what each answers. */
async function statusOf(path: string): Promise<number> {
  const folder = await revisionFolder()
  const gate = startGate({
    url: 'postgres://none.invalid/none',
    migrations: folder.path,
    mode: 'off',
  })
  onTestFinished(() => gate.close())
  await gate.ready
  const http = createServer((request, response) =>
    gate.middleware(request, response, () => response.writeHead(404).end()),
  )
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void http.close())
  const answer = await fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}${path}`)
  return answer.status
}

describe('the Kubernetes manifests', () => {
  test('are a Deployment, and a Job with a Deployment beside it', () => {
    expect(manifests.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
      'apps/v1 Deployment',
      'batch/v1 Job',
      'apps/v1 Deployment',
    ])
    for (const { spec } of manifests.filter(({ kind }) => kind === 'Deployment'))
      expect(spec.template.metadata?.labels).toEqual(spec.selector?.matchLabels)
  })

  test('probe paths that answer, on the port that the service listens on', async () => {
    const probed = manifests.flatMap(({ spec }) => spec.template.spec.containers)
    for (const { ports, livenessProbe, readinessProbe } of probed.filter(
      (it) => it.livenessProbe,
    )) {
      expect(livenessProbe?.httpGet).toEqual({ path: '/health/live', port })
      expect(readinessProbe?.httpGet).toEqual({ path: '/health/ready', port })
      expect(ports).toEqual([{ containerPort: port }])
    }
    for (const path of ['/health/live', '/health/ready']) expect(await statusOf(path)).toBe(200)
    expect(await statusOf('/health/liveness')).toBe(404)
  })

  test('set what the service reads, to what it understands', () => {
    for (const { spec, kind } of manifests) {
      for (const { env } of spec.template.spec.containers)
        for (const { name, value } of env) {
          if (kind === 'Deployment') expect(variables).toContain(name)
          if (name === 'DATABASE_MODE') expect(value).toBe('verify')
        }
    }
  })

  test('run a command that there is, in a pod that does not start it again by itself', () => {
    const job = manifests.find(({ kind }) => kind === 'Job')
    const [container] = job?.spec.template.spec.containers ?? []
    const [npx, limbeck, word, ...others] = container?.command ?? []
    expect([npx, limbeck, others]).toEqual(['npx', 'limbeck', []])
    expect(commands.map(({ name }) => name)).toContain(word)
    expect(job?.spec.template.spec.restartPolicy).toBe('Never')
  })

  test('are applied to a cluster', ({ skip }) =>
    skip('a cluster is not to be had from npm or Debian'))
})

interface Service {
  readonly image?: string
  readonly build?: string
  readonly environment: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly healthcheck: { readonly test: readonly string[] }
}

describe('the Compose file', () => {
  const {
    services,
    volumes,
  }: Record<'services' | 'volumes', Readonly<Record<string, Service>>> = parse(
    read('compose/compose.yaml'),
  )

  test('names services, volumes and files that there are', () => {
    for (const { depends_on = {}, build, volumes: mounted = [] } of Object.values(services)) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        expect(services[name]?.healthcheck, name).toBeTruthy()
        expect(condition).toBe('service_healthy')
      }
      for (const volume of mounted) expect(Object.keys(volumes)).toContain(volume.split(':')[0])
      if (build !== undefined) expect(existsSync(`examples/compose/${build}/Dockerfile`)).toBe(true)
    }
  })

  test('gives the service the database that it makes', () => {
    const { postgres, notes } = services
    const url = new URL(notes?.environment.DATABASE_URL ?? '')
    expect(url.hostname).toBe('postgres')
    expect(url.password).toBe(postgres?.environment.POSTGRES_PASSWORD)
    expect(url.pathname).toBe(`/${postgres?.environment.POSTGRES_DB}`)
    expect(Object.keys(notes?.environment ?? {}).every((name) => variables.includes(name))).toBe(
      true,
    )
  })

  test('asks for health where the service answers', async () => {
    const asked = new URL(
      /http:[^']+/.exec(services.notes?.healthcheck.test.join(' ') ?? '')?.[0] ?? '',
    )
    expect(Number(asked.port)).toBe(port)
    expect(await statusOf(asked.pathname)).toBe(200)
    expect(services.notes?.ports).toEqual([String(port)])
  })

  test('builds an image that starts a file which is there', () => {
    const dockerfile = read('fastify/Dockerfile')
    const [, command = '[]'] = /^CMD (.*)$/m.exec(dockerfile) ?? []
    const [node, file]: readonly string[] = JSON.parse(command)
    expect([node, existsSync(`examples/fastify/${file}`)]).toEqual(['node', true])
    expect(dockerfile).toContain(`EXPOSE ${port}`)
  })

  test('is brought up', ({ skip }) =>
    skip('the images of Node.js and PostgreSQL are fetched from outside'))
})
