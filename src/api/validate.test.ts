// 78 broken manifests, and what users have been told about each of them until now.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { deepFreeze } from '../std/deep-freeze.suite.ts'
import { fieldErrorText } from './field-error.ts'
import type { Rollout } from './rollout.ts'
import { decodeProblem } from './strict-read.ts'
import { firstError, validateRollout, workloadRefErrors } from './validate.ts'

interface Recorded {
  readonly manifest: Rollout
  readonly apiServer: 'created' | { readonly message: string }
  readonly controller?: {
    readonly conditions: readonly { readonly type: string; readonly message: string }[]
  }
  readonly lint: { readonly stdout: string; readonly stderr: string }
}

const golden = new URL('../../test/golden/invalid.json', import.meta.url)
const recorded = JSON.parse(readFileSync(golden, 'utf8')) as Record<string, Recorded>

/** Lint stops at what it cannot decode, before any rule. */
const isDecoded = (one: Recorded) => !one.lint.stderr.includes('error unmarshaling')
const NEEDS_OTHER_OBJECTS = /not found|must be configured|is not supported|AnalysisTemplate/

test('lint reads strictly, and says what it cannot read', () => {
  for (const [name, { manifest, lint }] of Object.entries(recorded)) {
    const problem = decodeProblem(manifest)
    const said =
      problem === undefined ? '' : `Error: error unmarshaling JSON: while decoding JSON: ${problem}\n`
    expect(said, name).toBe(lint.stderr.includes('unmarshaling') ? lint.stderr : '')
  }
})

describe('rules of a spec', () => {
  for (const [name, one] of Object.entries(recorded).filter(([, each]) => isDecoded(each))) {
    test(`${name}: all that is wrong, word for word`, () => {
      const errors = validateRollout(one.manifest)
      expect(errors.map(error => `${error.message}\n`).join('')).toBe(one.lint.stdout)
      const first = errors[0] === undefined ? '' : `Error: ${fieldErrorText(errors[0])}\n`
      expect(first).toBe(one.lint.stderr)
      expect(errors.every(error => error.cure.endsWith('.'))).toBe(true)
    })
  }

  for (const [name, one] of Object.entries(recorded)) {
    const said = one.controller?.conditions.find(condition => condition.type === 'InvalidSpec')?.message
    if (one.apiServer !== 'created' || (said !== undefined && NEEDS_OTHER_OBJECTS.test(said))) continue
    test(`${name}: the controller shows the first`, () => {
      const error = workloadRefErrors(one.manifest.spec)[0] ?? firstError(one.manifest)
      const shown =
        error === undefined ? undefined : `The Rollout "${name}" is invalid: ${fieldErrorText(error)}`
      expect(shown).toBe(said)
    })
  }
})

describe('the first error is remembered on a frozen spec', () => {
  test('and is that of a spec that is not frozen, whether the template is resolved or not', () => {
    for (const [name, { manifest }] of Object.entries(recorded)) {
      const still = deepFreeze(structuredClone(manifest))
      const plain = [false, true].map(isResolved => validateRollout(manifest, isResolved)[0])
      for (const _ of ['once', 'again']) {
        expect([firstError(still), firstError(still, true)], name).toEqual(plain)
        expect([firstError(manifest), firstError(manifest, true)], name).toEqual(plain)
      }
    }
  })
  test('a spec that can change is judged each time', () => {
    const manifest = structuredClone(Object.values(recorded)[0]?.manifest) as Rollout
    const spec = manifest.spec as { replicas?: number }
    spec.replicas = -1
    expect(firstError(manifest)?.path).toBe('spec.replicas')
    spec.replicas = 1
    expect(firstError(manifest)?.path).not.toBe('spec.replicas')
  })
})
