// What the controller is to look after in its stories: a blue/green Rollout of two pods behind a Service.
import { fromJson } from '../kube/object.ts'
import type { World } from '../sim/world.ts'

export async function deployDemo({ client }: World): Promise<void> {
  const create = (object: object) =>
    client.write({ verb: 'create', why: 'a user', object: fromJson(object as never) })
  await create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'live', namespace: 'default' },
    spec: { selector: { app: 'demo' }, ports: [{ port: 80 }] },
  })
  await create({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'demo', namespace: 'default' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'demo' } },
      template: {
        metadata: { labels: { app: 'demo' } },
        spec: { containers: [{ name: 'c', image: 'a:1' }] },
      },
      strategy: { blueGreen: { activeService: 'live' } },
    },
  })
}
