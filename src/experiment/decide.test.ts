// The life of an Experiment, decision by decision: how it begins and ends, its analyses, what stands in the way.
import { describe, expect, test } from 'vitest'
import type { AnalysisPhase, AnalysisRun } from '../api/analysis.ts'
import type { Experiment, ExperimentStatus } from '../api/experiment.ts'
import { decide } from './decide.ts'
import {
  aRun,
  aService,
  aSnapshot,
  aTemplate,
  anExperiment,
  at,
  pods,
  RUNNING,
  words,
} from './experiment.suite.ts'
import type { ExperimentSnapshot } from './snapshot.ts'

function decided(experiment: Experiment, more: Partial<ExperimentSnapshot> = {}) {
  const { writes, trims = [], status, events = [], waits = [] } = decide(aSnapshot(experiment, more))
  return {
    writes,
    does: [...writes, ...trims].map(write => write.why),
    trims: trims.map(write => write.why),
    status: status as ExperimentStatus,
    says: events.map(event => event.message),
    until: waits.map(wait => wait.until),
  }
}

const BOTH = [pods('a'), pods('b')]
const required = { name: 'check', templateName: 'check', requiredForCompletion: true }
const beside = { name: 'beside', templateName: 'check' }
const stateOf = (name: string, phase: string) => ({ name, analysisRun: `demo-${name}`, phase })

function running(spec: Partial<Experiment['spec']>, runs: readonly object[] = []): Experiment {
  const more = runs.length === 0 ? {} : { analysisRuns: runs }
  return anExperiment(spec, { ...RUNNING, ...more } as Partial<ExperimentStatus>)
}

describe('an experiment begins', () => {
  test('with ReplicaSets without pods, so that a Service can come first', () => {
    const templates = [
      aTemplate('a', { service: {} }),
      aTemplate('b', { service: { name: 'beta' }, replicas: 2 }),
    ]
    const { does, status, says } = decided(anExperiment({ templates }))
    expect(does).toEqual([
      'create ReplicaSet demo-a for template a',
      'create ReplicaSet demo-b for template b',
      'create Service demo-a for template a',
      'create Service beta for template b',
    ])
    expect(status.phase).toBe('Pending')
    expect(says.at(-1)).toBe('Experiment transitioned from  -> Pending')
    const next = decided(anExperiment({ templates }, status), {
      replicaSets: [pods('a', { replicas: 0 }), pods('b', { replicas: 0 })],
      services: [aService('demo-a'), aService('beta')],
    })
    expect(next.does).toEqual(['scale ReplicaSet demo-a from 0 to 1', 'scale ReplicaSet demo-b from 0 to 2'])
  })

  test('a template without a port has no Service, names none to those who would send users there, and says why', () => {
    const template = {
      metadata: { labels: { app: 'a' } },
      spec: { containers: [{ name: 'x', image: 'y' }] },
    }
    const templates = [aTemplate('a', { service: {}, template } as never)]
    const status = { phase: 'Pending', templateStatuses: words('Progressing').templateStatuses?.slice(0, 1) }
    const { does, status: next } = decided(anExperiment({ templates }, status as Partial<ExperimentStatus>), {
      replicaSets: [pods('a')],
    })
    expect(does).toEqual([])
    const [said] = next.templateStatuses ?? []
    expect(said).toMatchObject({
      status: 'Running',
      message: 'no Service leads to its pods: no container names a port',
    })
    expect(said).not.toHaveProperty('serviceName')
  })

  test('a Service has a port for each port of a container, and selects by the hash of its template', () => {
    const ports = [
      { containerPort: 80, name: 'http' },
      { containerPort: 81, name: 'admin', protocol: 'UDP' },
    ]
    const template = {
      metadata: { labels: { app: 'a' } },
      spec: { containers: [{ name: 'x', image: 'y', ports }] },
    }
    const templates = [aTemplate('a', { service: {}, template } as never)]
    const { writes } = decided(anExperiment({ templates }))
    const service = writes.find(one => one.verb === 'create' && one.object.kind === 'Service') as never as {
      object: { spec: object }
    }
    expect(service.object.spec).toEqual({
      selector: { app: 'a', 'rollouts-pod-template-hash': expect.stringMatching(/./) },
      ports: [
        { name: 'http', protocol: 'TCP', port: 80, targetPort: 80 },
        { name: 'admin', protocol: 'UDP', port: 81, targetPort: 81 },
      ],
    })
  })

  test('it runs when all pods of all templates are there at once', () => {
    const pending = anExperiment({}, { phase: 'Pending', ...words('Progressing') })
    expect(decided(pending, { replicaSets: [pods('a'), pods('b', { available: 0 })] }).status.phase).toBe(
      'Pending',
    )
    const { status } = decided(pending, { replicaSets: BOTH })
    expect(status).toMatchObject({ phase: 'Running', availableAt: at(0) })
  })

  test('a template without progress for too long fails it', () => {
    const late = anExperiment({ progressDeadlineSeconds: 60 }, { phase: 'Pending', ...words('Progressing') })
    const { status, says } = decided(late, { replicaSets: [pods('a', { available: 0 }), pods('b')] })
    expect(status).toMatchObject({
      phase: 'Failed',
      message: "Template 'a' exceeded its progressDeadlineSeconds (60)",
    })
    expect(says.at(-1)).toBe('Experiment transitioned from Pending -> Failed')
  })
})

describe('an experiment ends', () => {
  test('when its time is over, counted from when all pods were available', () => {
    expect(decided(running({ duration: '61s' }), { replicaSets: BOTH }).until).toEqual([Date.parse(at(1))])
    const { status, does } = decided(running({ duration: '60s' }), { replicaSets: BOTH })
    expect(status.phase).toBe('Successful')
    expect(does).toEqual([
      `set the scale-down deadline of ReplicaSet demo-a to ${at(30)}`,
      `set the scale-down deadline of ReplicaSet demo-b to ${at(30)}`,
    ])
  })

  test('pods go after the delay, and their Service with the last of them', () => {
    const templates = [aTemplate('a', { service: {} })]
    const over = anExperiment({ templates }, { ...RUNNING, phase: 'Successful', ...words('Successful') })
    const services = [aService('demo-a')]
    const early = { services, replicaSets: [pods('a', { deadline: at(1) })] }
    expect(decided(over, early)).toMatchObject({ does: [], until: [Date.parse(at(1))] })
    const due = { services, replicaSets: [pods('a', { deadline: at(0) })] }
    expect(decided(over, due).does).toEqual(['scale ReplicaSet demo-a from 1 to 0'])
    const gone = { services, replicaSets: [pods('a', { replicas: 0 })] }
    expect(decided(over, gone).does).toEqual(['delete Service demo-a, whose pods are gone'])
  })

  test('no pod goes while the routers may still send users to it', () => {
    const templates = [aTemplate('a', { service: { name: 'mine' } })]
    const over = anExperiment(
      { templates, scaleDownDelaySeconds: 0 },
      { ...RUNNING, phase: 'Successful', ...words('Successful') },
    )
    const world = { services: [aService('mine')], replicaSets: [pods('a')] }
    expect(decided(over, { ...world, carrying: ['mine'] }).does).toEqual([])
    expect(decided(over, world).does).toEqual(['scale ReplicaSet demo-a from 1 to 0'])
  })

  test('a Service goes when its pods are gone and the status names it no more', () => {
    const templates = [aTemplate('a', { service: { name: 'mine' } })]
    const ended = (serviceName?: string) => {
      const counts = { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 }
      const told = { name: 'a', ...counts, ...(serviceName === undefined ? {} : { serviceName }) }
      return anExperiment(
        { templates, scaleDownDelaySeconds: 0 },
        { ...RUNNING, phase: 'Successful', templateStatuses: [told] },
      )
    }
    const world = { services: [aService('mine')], replicaSets: [pods('a', { replicas: 0 })] }
    expect(decided(ended('mine'), world).does).toEqual([])
    expect(decided(ended(), world).does).toEqual(['delete Service mine, whose pods are gone'])
  })

  test('terminate ends it well, whatever had begun', () => {
    const { status } = decided(running({ terminate: true }), { replicaSets: BOTH })
    expect(status.phase).toBe('Successful')
    expect(decided(anExperiment({ terminate: true })).does).toEqual([])
  })

  test('pods of a template that was taken out of the spec go', () => {
    const without = running({ templates: [aTemplate('a')] })
    expect(decided(without, { replicaSets: BOTH }).does).toEqual([
      `set the scale-down deadline of ReplicaSet demo-b to ${at(30)}`,
    ])
    const due = [pods('a'), pods('b', { deadline: at(0) })]
    expect(decided(without, { replicaSets: due }).does).toEqual(['scale ReplicaSet demo-b from 1 to 0'])
  })

  test('pods of such a template, and their Service, stay while users are sent to them', () => {
    const without = running({ templates: [aTemplate('a')], scaleDownDelaySeconds: 0 })
    const world = { replicaSets: BOTH, services: [aService('mine', 'b')] }
    const sent = decided(without, { ...world, carrying: ['mine'] })
    expect(sent).toMatchObject({ does: [], until: [Date.parse(at(5))] })
    expect(decided(without, world).does).toEqual(['scale ReplicaSet demo-b from 1 to 0'])
    const gone = { ...world, replicaSets: [pods('a'), pods('b', { replicas: 0 })] }
    expect(decided(without, gone).does).toEqual(['delete Service mine, whose pods are gone'])
  })

  test('what only tidies up comes after the status', () => {
    const analyses = [required, beside]
    const experiment = running({ analyses, scaleDownDelaySeconds: 0 }, [
      stateOf('check', 'Running'),
      stateOf('beside', 'Running'),
    ])
    const analysisRuns = [aRun('demo-check', { phase: 'Failed' }), aRun('demo-beside', { phase: 'Running' })]
    const first = decided(experiment, { replicaSets: BOTH, analysisRuns })
    expect(first).toMatchObject({
      writes: [],
      trims: [expect.stringContaining('end AnalysisRun demo-beside')],
    })
    const failed = { ...experiment, status: first.status }
    const services = [aService('old')]
    expect(decided(failed, { replicaSets: BOTH, services })).toMatchObject({
      writes: [],
      trims: [
        'scale ReplicaSet demo-a from 1 to 0',
        'scale ReplicaSet demo-b from 1 to 0',
        'delete Service old, whose pods are gone',
      ],
    })
  })

  test('what is done again (a retry) gives living pods their size and takes their deadline away', () => {
    const { writes } = decided(anExperiment({}), { replicaSets: [pods('a', { deadline: at(9) }), pods('b')] })
    expect(writes).toMatchObject([
      { patch: { metadata: { annotations: { 'scale-down-deadline': null } }, spec: { replicas: 1 } } },
    ])
  })
})

describe('analyses of an experiment', () => {
  test('begin when all pods are there, with facts of the templates as arguments', () => {
    const args = [
      { name: 'hash', value: '{{templates.a.podTemplateHash}} {{ templates.b.replicaset.name }}' },
    ]
    const { writes, status } = decided(running({ analyses: [{ ...required, args }] }), { replicaSets: BOTH })
    expect(writes).toMatchObject([
      {
        verb: 'create',
        object: { metadata: { name: 'demo-check' }, spec: { args: [{ value: 'hash-a demo-b' }] } },
      },
    ])
    expect(status.analysisRuns).toEqual([stateOf('check', 'Pending')])
  })

  test('an argument of a template that there is not is an error, and said', () => {
    const args = [{ name: 'hash', value: '{{templates.c.podTemplateHash}}' }]
    const { status } = decided(running({ analyses: [{ ...required, args }] }), { replicaSets: BOTH })
    expect(status).toMatchObject({
      phase: 'Error',
      message: 'failed to resolve {{templates.c.podTemplateHash}}',
    })
  })

  test('an argument from a Secret is handed on as what it is', () => {
    const valueFrom = { secretKeyRef: { name: 'keys', key: 'token' } }
    const args = [{ name: 'hash', valueFrom }]
    const { writes } = decided(running({ analyses: [{ ...required, args }] }), { replicaSets: BOTH })
    expect(writes).toMatchObject([{ object: { spec: { args: [{ name: 'hash', valueFrom }] } } }])
  })

  test('a missing AnalysisTemplate is an error before anything runs', () => {
    const pending = anExperiment({ analyses: [required] }, { phase: 'Pending', ...words('Progressing') })
    expect(decided(pending, { named: {} }).status).toMatchObject({
      phase: 'Error',
      message:
        'AnalysisTemplate verification failed for analysis \'check\': analysistemplate.argoproj.io "check" not found',
    })
  })

  test('the first that fails ends it, and the others are stopped', () => {
    const analyses = [required, beside]
    const experiment = running({ analyses }, [stateOf('check', 'Running'), stateOf('beside', 'Running')])
    const analysisRuns = [
      aRun('demo-check', { phase: 'Failed', message: 'bad' }),
      aRun('demo-beside', { phase: 'Running' }),
    ]
    const { status, does } = decided(experiment, { replicaSets: BOTH, analysisRuns })
    expect(status).toMatchObject({ phase: 'Failed', message: 'bad' })
    expect(does).toEqual(['end AnalysisRun demo-beside, which is no longer needed'])
  })

  test.each([
    ['it is proven', { analyses: [required, beside] }, 'Successful', 'beside'],
    ['somebody ends it', { analyses: [required], terminate: true }, 'Running', 'check'],
  ])(
    'an analysis that was stopped as %s, and can not tell, does not make it unclear',
    (_, spec, phase, stopped) => {
      const experiment = running(
        spec,
        [stateOf('check', phase), stateOf('beside', 'Running')].slice(0, spec.analyses.length),
      )
      const unclear = { phase: 'Inconclusive', message: 'Metric Terminated' } as const
      const of = (isStopped: boolean) => [
        ...(stopped === 'check' ? [] : [aRun('demo-check', { phase: 'Successful' })]),
        aRun(`demo-${stopped}`, unclear, isStopped ? { terminate: true } : {}),
      ]
      const ended = (isStopped: boolean) =>
        decided(experiment, { replicaSets: BOTH, analysisRuns: of(isStopped) }).status.phase
      expect([ended(true), ended(false)]).toEqual(['Successful', 'Inconclusive'])
    },
  )

  test('the required ones have succeeded: it stops the others, waits for them, and ends', () => {
    const analyses = [required, beside]
    const experiment = running({ analyses }, [stateOf('check', 'Successful'), stateOf('beside', 'Running')])
    const open = [aRun('demo-check', { phase: 'Successful' }), aRun('demo-beside', { phase: 'Running' })]
    const first = decided(experiment, { replicaSets: BOTH, analysisRuns: open })
    expect(first.status.phase).toBe('Running')
    expect(first.does).toContain('end AnalysisRun demo-beside, which is no longer needed')
    const ended = [aRun('demo-check', { phase: 'Successful' }), aRun('demo-beside', { phase: 'Successful' })]
    expect(decided(experiment, { replicaSets: BOTH, analysisRuns: ended }).status).toMatchObject({
      phase: 'Successful',
      message: 'Required AnalysisRuns completed',
    })
  })

  test('terminated with a required one under way, it ends when that one has ended', () => {
    const experiment = running({ analyses: [required], terminate: true }, [stateOf('check', 'Running')])
    const open = { replicaSets: BOTH, analysisRuns: [aRun('demo-check', { phase: 'Running' })] }
    expect(decided(experiment, open).status.phase).toBe('Running')
    const ended = { replicaSets: BOTH, analysisRuns: [aRun('demo-check', { phase: 'Successful' })] }
    expect(decided(experiment, ended).status.phase).toBe('Successful')
  })

  test('without a duration one that is not required does not end it', () => {
    const experiment = running({ analyses: [beside] }, [stateOf('beside', 'Running')])
    const world = { replicaSets: BOTH, analysisRuns: [aRun('demo-beside', { phase: 'Successful' })] }
    expect(decided(experiment, world).status.phase).toBe('Running')
  })

  const unnamed = (phase: AnalysisPhase) => {
    const [create] = decided(running({ analyses: [required] }), { replicaSets: BOTH }).writes
    const made = create?.verb === 'create' ? (create.object as AnalysisRun) : aRun('none')
    return { replicaSets: BOTH, analysisRuns: [{ ...made, status: { phase } }] }
  }

  test.each(['Failed', 'Error', 'Inconclusive'] as const)(
    'one that ended %s before a status named it counts, also when the time is over',
    phase => {
      for (const duration of ['', '10s']) {
        const { does, status } = decided(running({ analyses: [required], duration }), unnamed(phase))
        expect(does.filter(why => why.startsWith('create'))).toEqual([])
        expect(status).toMatchObject({ phase, analysisRuns: [stateOf('check', phase)] })
      }
    },
  )

  test('what one has proven proves nothing for another that has the same task', () => {
    const named = running({ analyses: [required, { ...required, name: 'check.1' }] }, [
      stateOf('check', 'Successful'),
    ])
    expect(decided(named, unnamed('Successful')).does).toEqual(['create AnalysisRun demo-check.1'])
  })

  test('one that no status names ends with the experiment', () => {
    const { does } = decided(running({ terminate: true, analyses: [required] }), unnamed('Running'))
    expect(does).toContain('end AnalysisRun demo-check, which is no longer needed')
  })

  test('one that is no longer asked for ends', () => {
    const world = { replicaSets: BOTH, analysisRuns: [aRun('demo-check', { phase: 'Running' })] }
    expect(decided(running({}, [stateOf('check', 'Running')]), world).does).toEqual([
      'end AnalysisRun demo-check, which is no longer needed',
    ])
  })

  test('a run that somebody deletes is made anew', () => {
    const experiment = running({ analyses: [required] }, [stateOf('check', 'Running')])
    expect(decided(experiment, { replicaSets: BOTH }).does).toEqual(['create AnalysisRun demo-check'])
  })
})

describe('what stands in the way is said', () => {
  test.each([
    [
      { templates: [aTemplate('a', { selector: {} })] },
      'This experiment is selecting all pods at index 0. A non-empty selector is required.',
    ],
    [
      { templates: [aTemplate('a'), aTemplate('a')] },
      "Experiment demo has repeated template name 'a' in templates",
    ],
    [{ templates: [aTemplate('')] }, 'Experiment demo has empty template name at index 0'],
    [
      { templates: [aTemplate('a', { minReadySeconds: 9 })], progressDeadlineSeconds: 5 },
      'MinReadySeconds cannot be longer than ProgressDeadlineSeconds. Check template index 0',
    ],
    [{ duration: 'soon' }, 'spec.duration: time: invalid duration "soon"'],
  ])('%j', (spec, message) => {
    const { status, does } = decided(anExperiment(spec))
    expect(does).toEqual([])
    expect(status).toMatchObject({ conditions: [{ type: 'InvalidSpec', status: 'True', message }] })
    expect(status.phase).toBeUndefined()
  })

  test('what is to end ends all the same: its pods do not stay for ever', () => {
    const broken = running({ duration: 'soon', terminate: true })
    expect(decided(broken, { replicaSets: BOTH }).status.phase).toBe('Successful')
  })

  test('an object that can not be made is an error of its template', () => {
    const { status } = decided(anExperiment({}, { phase: 'Pending', ...words('Progressing') }), {
      refused: { 'demo-a': 'exceeded quota' },
    })
    expect(status).toMatchObject({ phase: 'Error', message: 'exceeded quota' })
  })
})
