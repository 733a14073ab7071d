// Every settled snapshot that was recorded of the controller that people use today is a fixed point of ours:
// gathered from its objects at its time, it leads to no write, and to exactly the status that is there. Only a
// router that has a weight is remembered, since nobody did so before.
import { describe, expect, test } from 'vitest'
import type { LogEntry } from '../../test/golden-lives/recording.ts'
import { isSnapshot, readRecording, recordedNames } from '../../test/golden-lives/recording.ts'
import type { RolloutStatus } from '../api/rollout.ts'
import * as kinds from '../kube/kinds.ts'
import { apiVersionOf, keyOf } from '../kube/object.ts'
import type { Kind, KubeObject } from '../kube/object.ts'
import { createStore } from '../runtime/mirror/store.ts'
import { parseInstant } from '../std/instant.ts'
import { decide } from './decide.ts'
import { gather } from './gather.ts'
import { INDICES } from './gather/indices.ts'

const KINDS = Object.values(kinds).filter((one): one is Kind => typeof one === 'object')

function kindOf(object: KubeObject): Kind {
  const known = KINDS.find(one => one.kind === object.kind && apiVersionOf(one) === object.apiVersion)
  if (known !== undefined) return known
  const [group = '', version = ''] = object.apiVersion.split('/')
  const plural = `${object.kind.toLowerCase()}s`
  return { group, version, kind: object.kind, plural, namespaced: true, statusSubresource: false }
}

function decided(entry: LogEntry) {
  const store = createStore({ indices: [INDICES] })
  const objects = entry.objects ?? []
  for (const object of objects) store.put(kindOf(object), object)
  const now = parseInstant(entry.now ?? '') ?? 0
  const rollouts = objects.filter(one => one.kind === 'Rollout')
  return rollouts.map(rollout => {
    const snapshot = gather(keyOf(rollout), store, now, { answers: {} })
    return {
      found: rollout as KubeObject & { status?: RolloutStatus },
      decision: snapshot && decide(snapshot),
    }
  })
}

const NOT_YET =
  /^(?!bg|zero|missing|invalid|canary|nginx|single)|analysis|inconclusive|background|experiment|skip-current/

describe('a settled world stays as it is', () => {
  const settled = recordedNames()
    .filter(name => !NOT_YET.test(name))
    .flatMap(name =>
      readRecording(name)
        .log.filter(isSnapshot)
        .filter(entry => entry.moving !== true)
        .map(entry => ({ name: `${name}: ${entry.step.snapshot}`, entry })),
    )
  test.each(settled)('$name', ({ entry }) => {
    for (const { found, decision } of decided(entry)) {
      const isWeighed = (found.status?.canary?.weights?.canary.weight ?? 0) > 0
      const whys = decision?.writes.map(write => write.why)
      expect(whys).toEqual(isWeighed ? ['remember what is routed'] : [])
      expect(decision?.status).toEqual(found.status)
    }
  })
})
