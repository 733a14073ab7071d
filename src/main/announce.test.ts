// What a start prints when it is ready.
import { expect, test } from 'vitest'
import { announcement } from './announce.ts'
import type { Announcement } from './announce.ts'

const READY: Announcement = {
  version: '1.2.3',
  seconds: 1.26,
  dashboardUrl: 'http://127.0.0.1:3100/rollouts/#secret',
  gatewayUrl: 'http://127.0.0.1:8080',
  apiUrl: 'https://127.0.0.1:6443',
  metricsUrl: 'http://127.0.0.1:8090/metrics',
  notes: [],
  home: '/home/me/.crossfade',
  kubeconfig: '/home/me/.crossfade/kubeconfig',
  programs: '/opt/crossfade/bin',
  hasDemo: true,
}

test('what runs, the link to click first, what to type next, how to stop', () => {
  expect(announcement(READY, false).split('\n')).toEqual([
    'crossfade 1.2.3 is ready in 1.3 s',
    '',
    'dashboard  http://127.0.0.1:3100/rollouts/#secret   works once; crossfade dashboard --url prints another',
    'demo       http://simple-rollout-active.default.localhost:8080/',
    'A/B test   http://ab-test.localhost:8080/   begins with `set image ab-test`: docs/experiments.md',
    'gateway    http://127.0.0.1:8080   each Service: http://SERVICE.NAMESPACE.localhost:8080/',
    'api        https://127.0.0.1:6443',
    'metrics    http://127.0.0.1:8090/metrics',
    'state      /home/me/.crossfade   kept; --fresh forgets it',
    '',
    'In another shell:',
    '',
    'export KUBECONFIG=/home/me/.crossfade/kubeconfig',
    'export PATH=/opt/crossfade/bin:$PATH',
    '',
    'kubectl argo rollouts get rollout simple-rollout',
    'kubectl argo rollouts set image simple-rollout ' +
      'webserver-simple=docker.io/kostiscodefresh/gitops-canary-app:v2.0',
    'curl http://simple-rollout-active.default.localhost:8080/',
    'kubectl argo rollouts promote simple-rollout',
    'kubectl argo rollouts get rollout simple-rollout --watch',
    '',
    'Ctrl-C stops it.',
    '',
  ])
})

test('without the demo what to apply, and a port that moved is said', () => {
  const text = announcement({ ...READY, hasDemo: false, notes: ['port 8080 is taken'] }, false)
  expect(text).toContain('note       port 8080 is taken\n')
  expect(text).toContain('kubectl apply -f YOUR-ROLLOUT.yaml\n')
  expect(text).not.toContain('simple-rollout')
})

test('a dashboard that is not at its usual port is named by its port for another link', () => {
  const dashboardUrl = 'http://127.0.0.1:3101/rollouts/#secret'
  expect(announcement({ ...READY, dashboardUrl }, false)).toContain(
    `\ndashboard  ${dashboardUrl}   works once; crossfade dashboard --url --port 3101 prints another\n`,
  )
})

test('colours are all that a terminal gets more', () => {
  const coloured = announcement(READY, true)
  expect(coloured).toContain('\x1b[36mhttp://127.0.0.1:8080\x1b[0m')
  expect(coloured.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '')).toBe(
    announcement(READY, false),
  )
})
