// The numbers about Rollouts that Prometheus reads.
import { expect, test } from 'vitest'
import { ROLLOUT } from '../kube/kinds.ts'
import { fromJson } from '../kube/object.ts'
import { createStore } from '../runtime/mirror/store.ts'
import { rolloutSeries } from './rollout-series.ts'

test('each rollout has its info and its replicas', () => {
  const store = createStore()
  const aRollout = (name: string, more: object) =>
    store.put(
      ROLLOUT,
      fromJson({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        metadata: { name, namespace: 'shop', resourceVersion: '1' },
        ...more,
      }),
    )
  aRollout('blue', {
    spec: { replicas: 3, strategy: { blueGreen: { activeService: 'live' } } },
    status: {
      replicas: 5,
      availableReplicas: 3,
      updatedReplicas: 2,
      conditions: [{ type: 'Progressing', status: 'Unknown', reason: 'RolloutPaused' }],
    },
  })
  aRollout('road', {
    spec: { strategy: { canary: { trafficRouting: { nginx: { stableIngress: 'web' } } } } },
    status: { conditions: [{ type: 'InvalidSpec', status: 'True' }] },
  })
  expect(
    rolloutSeries(store)
      .split('\n')
      .filter(line => line.startsWith('rollout')),
  ).toEqual([
    'rollout_info{name="blue",namespace="shop",strategy="blueGreen",traffic_router="",phase="Paused"} 1',
    'rollout_info{name="road",namespace="shop",strategy="canary",traffic_router="Nginx",phase="InvalidSpec"} 1',
    'rollout_info_replicas_available{name="blue",namespace="shop"} 3',
    'rollout_info_replicas_available{name="road",namespace="shop"} 0',
    'rollout_info_replicas_unavailable{name="blue",namespace="shop"} 2',
    'rollout_info_replicas_unavailable{name="road",namespace="shop"} 0',
    'rollout_info_replicas_desired{name="blue",namespace="shop"} 3',
    'rollout_info_replicas_desired{name="road",namespace="shop"} 1',
    'rollout_info_replicas_updated{name="blue",namespace="shop"} 2',
    'rollout_info_replicas_updated{name="road",namespace="shop"} 0',
  ])
})
