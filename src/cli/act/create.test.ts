// `create`: objects from files, and runs from templates.
import { describe, expect, test } from 'vitest'
import {
  ANALYSIS_RUN,
  ANALYSIS_TEMPLATE,
  CLUSTER_ANALYSIS_TEMPLATE,
  EXPERIMENT,
  ROLLOUT,
} from '../../kube/kinds.ts'
import { modelCluster } from '../../runtime/network/model-cluster.suite.ts'
import { run } from '../program.suite.ts'

describe('create', () => {
  const read = (files: Readonly<Record<string, string>>) => ({
    world: { read: (file: string) => Promise.resolve(files[file] ?? '') },
  })
  const manifest = (kind: string, spec = '{}') =>
    `{ apiVersion: argoproj.io/v1alpha1, kind: ${kind}, metadata: { name: web }, spec: ${spec} }`
  const cluster = () =>
    modelCluster([ROLLOUT, EXPERIMENT, ANALYSIS_RUN, ANALYSIS_TEMPLATE, CLUSTER_ANALYSIS_TEMPLATE])
  const template = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'check', namespace: 'shop', labels: { team: 'web' } },
    spec: { args: [{ name: 'host' }], metrics: [{ name: 'ok', provider: { job: {} } }], templates: [] },
  }

  test('makes the objects of files, of each kind that is ours', async () => {
    const all = cluster()
    const files = read({ a: manifest('Rollout'), b: manifest('ClusterAnalysisTemplate') })
    const { out, exit } = await run(all, 'create -f a -f b', files)
    expect([exit, out]).toEqual([
      0,
      'rollout.argoproj.io/web created\nanalysistemplate.argoproj.io/web created\n',
    ])
    expect(await all.client.get({ kind: ROLLOUT, namespace: 'shop', name: 'web' })).toBeDefined()
  })

  test.each([
    ['create', {}, 'required flag(s) "filename" not set'],
    ['create -f a', { a: manifest('Deployment') }, 'a: creates of kind Deployment'],
    ['create -f a', { a: 'x: [' }, 'a: line 2, column 1'],
    ['create -f a', { a: `${manifest('Rollout')}\n---\n${manifest('Rollout')}` }, 'a: more than one object'],
    ['create -f a', { a: 'just text' }, 'a: no Kubernetes object'],
    ['create -f a -f b -w', {}, 'cannot watch more than one file'],
    ['create analysisrun', {}, 'one of --from or --from-file must be specified, and not both'],
    [
      'create analysisrun --from a --from-file b',
      {},
      'one of --from or --from-file must be specified, and not both',
    ],
    ['create ar --from check -a host', {}, 'arguments must be in the form NAME=VALUE, not "host"'],
  ])('%s is refused with a sentence', async (line, files, problem) => {
    const all = cluster()
    all.put(ANALYSIS_TEMPLATE, template)
    const { err, exit } = await run(all, line, read(files))
    expect(exit).toBe(1)
    expect(err).toContain(problem)
  })

  test('an analysis run has the metrics of its template, and the arguments that it declares', async () => {
    const all = cluster()
    all.put(ANALYSIS_TEMPLATE, template)
    const { out } = await run(all, 'create analysisrun --from check --name mine -a host=shop -a other=x')
    expect(out).toBe('analysisrun.argoproj.io/mine created\n')
    const made = await all.client.get({ kind: ANALYSIS_RUN, namespace: 'shop', name: 'mine' })
    expect(made).toMatchObject({
      metadata: { labels: { team: 'web' } },
      spec: { args: [{ name: 'host', value: 'shop' }], metrics: [{ name: 'ok' }] },
    })
    expect(made).not.toHaveProperty('spec.templates')
  })
})
