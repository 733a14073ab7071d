// What the routers make of the objects in recorded lives is what stood in the cluster then.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Rollout } from '../api/rollout.ts'
import { refKey, type KubeObject } from '../kube/object.ts'
import { routersOf } from './registry.ts'
import { anIntent } from './router.suite.ts'
import type { Found } from './router.ts'

interface Entry {
  readonly step: { readonly snapshot?: string }
  readonly objects?: Readonly<Record<string, readonly KubeObject[]>>
}

function snapshots(life: string): readonly (readonly [string, readonly KubeObject[]])[] {
  const file = new URL(`../../test/golden/recorded/${life}.json`, import.meta.url)
  const { log } = JSON.parse(readFileSync(file, 'utf8')) as { readonly log: readonly Entry[] }
  return log.flatMap(({ step, objects }) =>
    objects === undefined ? [] : [[`${life} ${step.snapshot}`, Object.values(objects).flat()] as const],
  )
}

const LIVES = [
  'nginx-basic',
  'nginx-abort',
  'nginx-dynamic-stable',
  'nginx-min-pods',
  'nginx-new-image',
  'ambassador-basic',
]

/** The routes as people see them: what an API server adds, and owners, left out. */
function plain(objects: readonly (KubeObject | undefined)[]): unknown {
  return objects.flatMap(object => {
    if (object === undefined) return []
    const { status: _server, ...rest } = object as KubeObject & { readonly status?: unknown }
    const { name, namespace, annotations = {}, labels = {} } = object.metadata
    return [{ ...rest, metadata: { name, namespace, annotations, labels } }]
  })
}

describe('recorded routes', () => {
  test.each(LIVES.flatMap(snapshots))('%s', (_name, objects) => {
    const rollout = objects.find(object => object.kind === 'Rollout') as Rollout
    const [router] = routersOf(rollout)
    if (router === undefined) throw new Error('no router')
    const keys = new Map(
      router.refs.map(ref => [
        refKey(ref),
        objects.find(
          one =>
            one.kind === ref.kind.kind &&
            one.metadata.name === ref.name &&
            one.metadata.namespace === ref.namespace,
        ),
      ]),
    )
    const users = Object.fromEntries(
      [...keys].filter(([key, object]) => object !== undefined && !key.endsWith('-canary')),
    ) as Found
    const weight = rollout.status?.canary?.weights?.canary.weight ?? 0
    const routed = router.route(anIntent(weight), users)
    if (!('placed' in routed)) throw new Error(JSON.stringify(routed))
    const recorded = [...keys].flatMap(([key, object]) => (key.endsWith('-canary') ? [object] : []))
    expect(plain(routed.placed.map(one => one.object))).toEqual(plain(recorded))
  })
})
