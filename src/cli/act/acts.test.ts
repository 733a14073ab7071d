// What each action writes, and what it says.
import { describe, expect, test } from 'vitest'
import type { Rollout } from '../../api/rollout.ts'
import type { Deployment, ReplicaSet } from '../../kube/apps.ts'
import type { PodTemplateSpec } from '../../kube/core.ts'
import { abort } from './abort.ts'
import type { Planned } from './act.ts'
import { pause } from './pause.ts'
import { promote } from './promote.ts'
import { restart } from './restart.ts'
import { retryExperiment, retryRollout } from './retry.ts'
import { parseImageChange, setImage } from './set-image.ts'
import { terminateAnalysisRun, terminateExperiment } from './terminate.ts'
import { undo, workloadOf } from './undo.ts'

const GUESTBOOK = { namespace: 'shop', name: 'guestbook' }
const STEPS = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }]

function aRollout(spec: Partial<Rollout['spec']>, status: Rollout['status'] = {}): Rollout {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { ...GUESTBOOK, uid: 'u1', resourceVersion: '7' },
    spec: { template: aTemplate('web:v2'), ...spec },
    status,
  }
}

function aTemplate(image: string, labels: Record<string, string> = { app: 'guestbook' }): PodTemplateSpec {
  return { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } }
}

function aReplicaSet(revision: number, image: string): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `guestbook-${revision}`,
      annotations: { 'rollout.argoproj.io/revision': String(revision) },
      ownerReferences: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          name: 'guestbook',
          uid: 'u1',
          controller: true,
        },
      ],
    },
    spec: {
      selector: {},
      template: aTemplate(image, { app: 'guestbook', 'rollouts-pod-template-hash': `h${revision}` }),
    },
  }
}

/** `rollouts/status {"abort":true}`: where each write goes, and what it carries. */
function told(planned: Planned): string[] {
  if ('refused' in planned) return [`refused: ${planned.refused}`]
  const writes = planned.writes.map(write => {
    if (write.verb !== 'patch') return write.verb
    const { target, subresource, patch, ifVersion } = write
    const place = `${target.namespace}/${target.kind.plural}${subresource === undefined ? '' : `/${subresource}`}`
    return `${place} ${JSON.stringify(patch)}${ifVersion === undefined ? '' : ` if ${ifVersion}`}`
  })
  return [...writes, planned.text]
}

describe('actions that need only a name', () => {
  test.each([
    [abort(GUESTBOOK), 'shop/rollouts/status {"status":{"abort":true}}', "rollout 'guestbook' aborted\n"],
    [pause(GUESTBOOK), 'shop/rollouts {"spec":{"paused":true}}', "rollout 'guestbook' paused\n"],
    [
      retryRollout(GUESTBOOK),
      'shop/rollouts/status {"status":{"abort":false}}',
      "rollout 'guestbook' retried\n",
    ],
    [retryExperiment(GUESTBOOK), 'shop/experiments {"status":null}', "experiment 'guestbook' retried\n"],
    [
      terminateAnalysisRun(GUESTBOOK),
      'shop/analysisruns {"spec":{"terminate":true}}',
      "analysisRun 'guestbook' terminated\n",
    ],
    [
      terminateExperiment(GUESTBOOK),
      'shop/experiments {"spec":{"terminate":true}}',
      "experiment 'guestbook' terminated\n",
    ],
  ])('%#', (planned, write, text) => expect(told(planned)).toEqual([write, text]))

  test('restart says when', () => {
    const now = Date.parse('2026-08-01T12:00:00Z')
    expect(told(restart(GUESTBOOK, now, '10m'))).toEqual([
      'shop/rollouts {"spec":{"restartAt":"2026-08-01T12:10:00Z"}}',
      "rollout 'guestbook' restarts in 10m\n",
    ])
    expect(told(restart(GUESTBOOK, now)).at(-1)).toBe("rollout 'guestbook' restarts in 0s\n")
    expect(told(restart(GUESTBOOK, now, 'soon'))[0]).toMatch(/^refused: .*"soon".*10m/)
  })
})

describe('promote', () => {
  const canary = { strategy: { canary: { steps: STEPS } } }
  const blueGreen = { strategy: { blueGreen: { activeService: 'active' } } }
  const paused = {
    pauseConditions: [{ reason: 'CanaryPauseStep' as const, startTime: '2026-08-01T12:00:00Z' }],
  }
  const said = "rollout 'guestbook' promoted\n"

  test('ends a pause', () => {
    expect(told(promote(aRollout(canary, { ...paused, currentStepIndex: 1 }), {}))).toEqual([
      'shop/rollouts/status {"status":{"pauseConditions":null}}',
      said,
    ])
  })

  test('skips the step of a canary that does not pause, and never goes beyond the last', () => {
    const patch = (currentStepIndex: number) => told(promote(aRollout(canary, { currentStepIndex }), {}))[0]
    expect(patch(0)).toBe('shop/rollouts/status {"status":{"pauseConditions":null,"currentStepIndex":1}}')
    expect(patch(3)).toBe('shop/rollouts/status {"status":{"pauseConditions":null,"currentStepIndex":3}}')
  })

  test('goes on after an inconclusive analysis', () => {
    const status = {
      ...paused,
      currentStepIndex: 1,
      canary: { currentStepAnalysisRunStatus: { name: 'run', status: 'Inconclusive' as const } },
    }
    expect(told(promote(aRollout(canary, status), {}))[0]).toBe(
      'shop/rollouts/status {"status":{"pauseConditions":null,"controllerPause":false,"currentStepIndex":2}}',
    )
  })

  test("ends a user's pause, the status first", () => {
    expect(told(promote(aRollout({ ...blueGreen, paused: true }, paused), {}))).toEqual([
      'shop/rollouts/status {"status":{"pauseConditions":null}}',
      'shop/rollouts {"spec":{"paused":false}}',
      said,
    ])
  })

  test('has nothing to do for a blue/green update that does not pause', () => {
    expect(told(promote(aRollout(blueGreen), {}))).toEqual([said])
  })

  test('--full asks for everything at once, unless everything is done', () => {
    const full = (status: Rollout['status']) =>
      told(promote(aRollout({ ...canary, paused: true }, status), { full: true }))
    expect(full({ currentPodHash: 'a', stableRS: 'b' })).toEqual([
      'shop/rollouts/status {"status":{"promoteFull":true}}',
      'shop/rollouts {"spec":{"paused":false}}',
      "rollout 'guestbook' fully promoted\n",
    ])
    expect(full({ currentPodHash: 'a', stableRS: 'a' })).toHaveLength(2)
  })

  test('the deprecated flags move the step alone', () => {
    const status = { currentStepIndex: 1 }
    expect(told(promote(aRollout(canary, status), { skipCurrentStep: true }))[0]).toContain(
      '"currentStepIndex":2}',
    )
    expect(told(promote(aRollout(canary, status), { skipAllSteps: true }))[0]).toContain(
      '"currentStepIndex":3}',
    )
    expect(told(promote(aRollout(canary), { skipAllSteps: true, skipCurrentStep: true }))[0]).toMatch(
      /same time/,
    )
    expect(told(promote(aRollout(blueGreen), { skipAllSteps: true }))[0]).toMatch(/bluegreen/)
    const stepless = { strategy: { canary: {} } }
    expect(told(promote(aRollout(stepless), { skipAllSteps: true }))[0]).toMatch(/without steps/)
  })
})

describe('set image', () => {
  test('takes CONTAINER=IMAGE, and an image may hold an equals sign', () => {
    expect(parseImageChange('web=r.io/web:v2')).toEqual({ container: 'web', image: 'r.io/web:v2' })
    expect(parseImageChange('web=a=b')).toEqual({ container: 'web', image: 'a=b' })
    expect(parseImageChange('web')).toEqual({ refused: 'expected CONTAINER=IMAGE, got "web"' })
    expect(parseImageChange('web=')).toHaveProperty('refused')
    expect(parseImageChange('=v2')).toHaveProperty('refused')
  })

  test('sends only lists that change, at the version that was read', () => {
    const template = {
      spec: {
        initContainers: [{ name: 'init', image: 'i:v1' }],
        containers: [{ name: 'web', image: 'web:v1', args: ['x'] }],
      },
    }
    expect(told(setImage(aRollout({ template }), { container: 'web', image: 'web:v2' }))).toEqual([
      'shop/rollouts {"spec":{"template":{"spec":{"containers":[{"name":"web","image":"web:v2","args":["x"]}]}}}} if 7',
      'rollout "guestbook" image updated\n',
    ])
    const all = told(setImage(aRollout({ template }), { container: '*', image: 'n' }))[0]
    expect(all).toContain('"initContainers":[{"name":"init","image":"n"}]')
  })

  test('writes nothing when the image is that already', () => {
    expect(told(setImage(aRollout({}), { container: 'web', image: 'web:v2' }))).toEqual([
      'rollout "guestbook" image updated\n',
    ])
  })

  test('refuses a container that is not there', () => {
    expect(told(setImage(aRollout({}), { container: 'app', image: 'x' }))).toEqual([
      'refused: unable to find container named "app"',
    ])
  })

  test('changes the Deployment that a rollout refers to, and no other kind', () => {
    const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' }
    const deployment: Deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace: 'shop', name: 'app', resourceVersion: '3' },
      spec: { selector: {}, template: aTemplate('web:v1') },
    }
    const change = { container: 'web', image: 'web:v2' }
    expect(told(setImage(aRollout({ workloadRef }), change, deployment))).toEqual([
      'shop/deployments {"spec":{"template":{"spec":{"containers":[{"name":"web","image":"web:v2"}]}}}} if 3',
      'deployment "app" image updated\n',
    ])
    const other = { ...workloadRef, kind: 'PodTemplate' }
    expect(told(setImage(aRollout({ workloadRef: other }), change))[0]).toContain(
      'PodTemplate is not supported',
    )
  })
})

describe('undo', () => {
  const replicaSets = [aReplicaSet(2, 'web:v2'), aReplicaSet(1, 'web:v1'), aReplicaSet(3, 'web:v3')]

  test('puts the template of the revision before the newest back, without the hash', () => {
    const rollout = aRollout({ template: aTemplate('web:v3') })
    expect(told(undo({ rollout, replicaSets, toRevision: 0 }))).toEqual([
      `shop/rollouts ${JSON.stringify([{ op: 'replace', path: '/spec/template', value: aTemplate('web:v2') }])} if 7`,
      "rollout 'guestbook' undo\n",
    ])
    expect(told(undo({ rollout, replicaSets, toRevision: 1 }))[0]).toContain('"web:v1"')
  })

  test('has nothing to do when the template is that already', () => {
    expect(told(undo({ rollout: aRollout({}), replicaSets, toRevision: 2 }))).toEqual([
      'skipped rollback (current template already matches revision 2)',
    ])
  })

  test('takes what the controller put into the template out of it', () => {
    const old = aReplicaSet(2, 'web:v2')
    const annotations = {
      ...old.metadata.annotations,
      'rollout.argoproj.io/ephemeral-metadata': '{"labels":{"role":"stable"}}',
    }
    const labels = { ...old.spec.template.metadata?.labels, role: 'stable' }
    const dressed: ReplicaSet = {
      ...old,
      metadata: { ...old.metadata, annotations },
      spec: { ...old.spec, template: { ...old.spec.template, metadata: { labels } } },
    }
    const rollout = aRollout({ template: aTemplate('web:v3') })
    expect(
      told(undo({ rollout, replicaSets: [dressed, aReplicaSet(3, 'web:v3')], toRevision: 0 }))[0],
    ).not.toContain('role')
  })

  test('gives a label back that a role lay over', () => {
    const old = aReplicaSet(2, 'web:v2')
    const annotations = {
      ...old.metadata.annotations,
      'rollout.argoproj.io/ephemeral-metadata': '{"labels":{"role":"canary"}}',
      'crossfade.dev/original-metadata': '{"labels":{"role":"own"}}',
    }
    const labels = { ...old.spec.template.metadata?.labels, role: 'canary' }
    const dressed: ReplicaSet = {
      ...old,
      metadata: { ...old.metadata, annotations },
      spec: { ...old.spec, template: { ...old.spec.template, metadata: { labels } } },
    }
    const rollout = aRollout({ template: aTemplate('web:v3') })
    const parts = { rollout, replicaSets: [dressed, aReplicaSet(3, 'web:v3')], toRevision: 0 }
    expect(told(undo(parts))[0]).toContain('"role":"own"')
  })

  test('knows when there is nothing to go back to', () => {
    const rollout = aRollout({})
    expect(told(undo({ rollout, replicaSets: [aReplicaSet(1, 'web:v2')], toRevision: 0 }))).toEqual([
      'refused: no revision found for rollout "guestbook"',
    ])
    expect(told(undo({ rollout, replicaSets, toRevision: 9 }))).toEqual([
      'refused: unable to find specified revision 9 in history',
    ])
    const strangers = replicaSets.map(one => ({ ...one, metadata: { ...one.metadata, ownerReferences: [] } }))
    expect(told(undo({ rollout, replicaSets: strangers, toRevision: 0 }))[0]).toContain('no revision found')
  })

  test('changes the workload that the rollout refers to', () => {
    const reference = { apiVersion: 'v1', kind: 'PodTemplate', name: 'app' }
    const { template: _, ...spec } = aRollout({ workloadRef: reference }).spec
    const rollout = { ...aRollout({}), spec }
    expect(workloadOf(reference, 'shop')?.kind.plural).toBe('podtemplates')
    expect(workloadOf({ ...reference, kind: 'Job' }, 'shop')).toBeUndefined()
    const workload = {
      apiVersion: 'v1',
      kind: 'PodTemplate',
      metadata: { namespace: 'shop', name: 'app', resourceVersion: '5' },
      template: aTemplate('web:v3'),
    }
    expect(told(undo({ rollout, replicaSets, workload, toRevision: 1 }))[0]).toMatch(
      /^shop\/podtemplates \[{"op":"replace","path":"\/template".* if 5$/,
    )
    expect(told(undo({ rollout, replicaSets, toRevision: 1 }))[0]).toContain('PodTemplate is not supported')
  })
})
