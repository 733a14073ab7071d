// What other shells are given of the embedded cluster.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writeKubeconfig } from '../cluster/serve/kubeconfig.ts'
import { parseYaml } from '../doors/yaml.ts'
import { mergeContext, shellEnvironment } from './env.ts'
import { StartError } from './home.ts'
import { shellExports } from './shell.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'env-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function started(): void {
  const server = 'https://127.0.0.1:6443'
  writeKubeconfig({ path: join(home, 'kubeconfig'), server, caCertificate: 'CA', token: 'new' })
}

const merge = (path: string) => mergeContext({ CROSSFADE_HOME: home, KUBECONFIG: path })

test('the two lines that a shell evaluates, quoted where they must be', () => {
  started()
  expect(shellEnvironment({ CROSSFADE_HOME: home })).toMatch(
    new RegExp(`^export KUBECONFIG=${home}/kubeconfig\nexport PATH=.*/bin:\\$PATH\n$`),
  )
  expect(shellExports({ kubeconfig: "/it's here/kubeconfig", programs: '/a b' })).toBe(
    "export KUBECONFIG='/it'\\''s here/kubeconfig'\nexport PATH='/a b':$PATH",
  )
})

test('before the first start that is said', () => {
  expect(() => shellEnvironment({ CROSSFADE_HOME: home })).toThrow(StartError)
  expect(() => shellEnvironment({ CROSSFADE_HOME: home })).toThrow('run crossfade start first')
})

describe('the context in the user’s own kubeconfig', () => {
  test('is added beside the others, and the current one stays', () => {
    started()
    const path = join(home, 'mine')
    const mine = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'work',
      clusters: [{ name: 'work', cluster: { server: 'https://work' } }],
      users: [{ name: 'crossfade', user: { token: 'old' } }],
      contexts: [{ name: 'work', context: { cluster: 'work', user: 'me' } }],
      preferences: { colors: true },
    }
    writeFileSync(path, JSON.stringify(mine))
    expect(merge(path)).toContain(`context crossfade written to ${path}`)
    expect(parseYaml(readFileSync(path, 'utf8'))[0]).toMatchObject({
      'current-context': 'work',
      clusters: [{ name: 'work' }, { name: 'crossfade', cluster: { server: 'https://127.0.0.1:6443' } }],
      users: [{ name: 'crossfade', user: { token: 'new' } }],
      contexts: [{ name: 'work' }, { name: 'crossfade' }],
      preferences: { colors: true },
    })
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('is the current one where there is none', () => {
    started()
    merge(join(home, 'new', 'config'))
    expect(readFileSync(join(home, 'new', 'config'), 'utf8')).toContain('current-context: crossfade')
  })

  test('destroys no file that cannot be read', () => {
    started()
    const path = join(home, 'mine')
    for (const text of ['a: [', '- a list']) {
      writeFileSync(path, text)
      expect(() => merge(path)).toThrow(`${path} is no kubeconfig`)
      expect(readFileSync(path, 'utf8')).toBe(text)
    }
  })
})
