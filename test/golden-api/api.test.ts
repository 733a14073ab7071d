// The embedded API server against what a real kube-apiserver 1.34 answered to the same requests
// (test/golden/api).
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aServer, type TestedServer } from '../../src/cluster/serve/api-server.suite.ts'
import { type Comparable, normalise } from './normalise.ts'
import { ON_PURPOSE } from './on-purpose.ts'
import { play } from './player.ts'
import { SCRIPTS } from './scripts.ts'

let server: TestedServer

beforeAll(async () => {
  server = await aServer()
})
afterAll(() => server.close())

function recorded(name: string): Readonly<Record<string, Comparable>> {
  const path = fileURLToPath(new URL(`../golden/api/${name}.json`, import.meta.url))
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, Comparable>
}

test('every difference on purpose is about a step that is asked', () => {
  const names = Object.entries(SCRIPTS).flatMap(([name, steps]) => steps.map(step => `${name}: ${step.name}`))
  expect(Object.keys(ON_PURPOSE).filter(name => !names.includes(name))).toEqual([])
})

describe.each(Object.entries(SCRIPTS))('%s', (name, steps) => {
  const wanted = recorded(name)
  let answered: Readonly<Record<string, Comparable>> = {}
  beforeAll(async () => {
    const target = { port: server.port, token: server.token, ca: server.ca }
    answered = normalise(
      await play(
        target,
        steps.map(step => ({ ...step, waitMs: 0 })),
      ),
    )
  })
  test('was recorded whole', () => expect(Object.keys(wanted)).toEqual(steps.map(step => step.name)))
  test.each(steps.map(step => step.name))('%s', step => {
    const difference = ON_PURPOSE[`${name}: ${step}`]
    const [ours, theirs] = [answered[step] as Comparable, wanted[step] as Comparable]
    if (difference === undefined) return expect(ours).toEqual(theirs)
    expect(ours).not.toEqual(theirs)
    expect(difference.blurred(ours)).toEqual(difference.blurred(theirs))
  })
})
