// The comparison gives the verdicts that the reference tool gave on the same damaged copies
// (test/golden/verdicts.json).
import { describe, expect, test } from 'vitest'
import { applyJsonPatch } from '../../src/kube/json-patch.ts'
import type { Json } from '../../src/std/json.ts'
import { compareLives, verdict } from './compare.ts'
import { asText } from './difference.ts'
import { emittedAt } from './events.ts'
import { goldenFolder, readJson, readRacy, readRecording, recordedNames } from './recording.ts'
import type { Recording } from './recording.ts'

interface Damage {
  readonly about: string
  readonly life: string
  readonly patch: readonly Json[]
  readonly verdict: readonly string[]
}

function damaged(life: string, patch: readonly Json[]): Recording {
  const patched = applyJsonPatch(readRecording(life) as unknown as Json, patch)
  expect(patched).not.toHaveProperty('problem')
  return (patched as { value: unknown }).value as Recording
}

describe('a life is compared with its recording', () => {
  const racy = readRacy()

  test.each(readJson<Damage[]>(`${goldenFolder()}/verdicts.json`))('$life: $about', one => {
    const found = compareLives(
      readRecording(one.life),
      damaged(one.life, one.patch),
      racy[`${one.life}.json`],
    )
    expect(verdict(`${one.life}.json`, found, 200)).toEqual(one.verdict)
  })

  test('every recording equals itself', () => {
    const unequal = recordedNames().filter(
      name => compareLives(readRecording(name), readRecording(name), racy[`${name}.json`]).length > 0,
    )
    expect(recordedNames()).toHaveLength(136)
    expect(unequal).toEqual([])
  })

  test('no recording equals the next one', () => {
    const names = recordedNames()
    const equal = names.slice(1).filter((name, i) => {
      const before = names[i] as string
      return compareLives(readRecording(name), readRecording(before), racy[`${name}.json`]).length === 0
    })
    expect(equal).toEqual([])
  })
})

test('an Event was first told at the moment that its name ends in', () => {
  expect(emittedAt('demo.18a0c0ffee00')).toBe(0x18a0c0ffee00n)
  expect(emittedAt('demo.short')).toBe(0n)
})

test('values are printed with blanks, nothing as null', () => {
  expect(asText({ a: [1, 'b', undefined], c: null })).toBe('{"a": [1, "b", null], "c": null}')
})
