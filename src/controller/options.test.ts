// The controller's command line.
import { describe, expect, test } from 'vitest'
import { readOptions } from './options.ts'

describe('the controller', () => {
  test('without flags does what Argo Rollouts does', () => {
    expect(readOptions([])).toMatchObject({
      namespaced: false,
      instanceId: '',
      logLevel: 'info',
      metricsPort: 8090,
      healthzPort: 8080,
      election: { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2000 },
      wants: 'run',
    })
  })
  test('has more rollouts under way than ten: one that waits for an answer holds no thread', () => {
    expect(readOptions([])).toMatchObject({ rolloutThreads: 32 })
    expect(readOptions(['--rollout-threads=10'])).toMatchObject({ rolloutThreads: 10 })
  })
  test('reads flags as Go does', () => {
    const argv = [
      '--namespaced',
      '-n',
      'shop',
      '--instance-id=blue',
      '--leader-elect=false',
      '--metricsport',
      '0',
    ]
    expect(readOptions(argv)).toMatchObject({
      namespaced: true,
      overrides: { namespace: 'shop' },
      instanceId: 'blue',
      election: undefined,
      metricsPort: 0,
    })
  })
  test('is told versions with or without their group; those that nobody names are found on the server', () => {
    expect(readOptions([])).toMatchObject({ routeVersions: [] })
    const argv = ['--traffic-split-api-version=v1alpha3', '--ambassador-api-version', 'getambassador.io/v2']
    expect(readOptions(argv)).toMatchObject({
      routeVersions: ['getambassador.io/v2', 'split.smi-spec.io/v1alpha3'],
    })
  })
  test.each([
    [['--traefik-api-group=traefik.io'], ['traefik.io/v1alpha1']],
    [['--traefik-api-version=traefik.containo.us/v1alpha1'], ['traefik.containo.us/v1alpha1']],
    [['--traefik-api-version=v1'], ['traefik.io/v1', 'traefik.containo.us/v1']],
    [
      ['--traefik-api-group=traefik.containo.us', '--traefik-api-version=traefik.io/v1alpha1'],
      ['traefik.containo.us/v1alpha1'],
    ],
    [['--appmesh-crd-version=v1beta2'], ['appmesh.k8s.aws/v1beta2']],
  ])('%j asks for %j', (argv, routeVersions) => {
    expect(readOptions(argv)).toMatchObject({ routeVersions })
  })
  test('is told classes of Ingresses one by one; of a load balancer that nobody names any will do', () => {
    expect(readOptions([])).toMatchObject({ ingressClasses: {} })
    const argv = ['--nginx-ingress-classes', 'inner', '--nginx-ingress-classes=outer']
    expect(readOptions(argv)).toMatchObject({ ingressClasses: { nginx: ['inner', 'outer'] } })
    expect(readOptions(['--alb-ingress-classes=alb'])).toMatchObject({ ingressClasses: { alb: ['alb'] } })
  })
  test('warns of the tag of target groups, which nobody here asks for', () => {
    expect(readOptions([])).toMatchObject({ warnings: [] })
    expect(readOptions(['--alb-tag-key-resource-id=team/resource'])).toMatchObject({
      warnings: [
        '--alb-tag-key-resource-id has no effect: target groups of load balancers are not asked, ' +
          'so no tag of theirs is read',
      ],
    })
  })
  test('accepts the flags that have no meaning here', () => {
    const argv = ['--qps=100', '--burst', '200', '--rollout-resync', '5m', '--ingress-threads=3']
    expect(readOptions(argv)).toMatchObject({ wants: 'run' })
  })
  test.each([
    [['--nonsense'], '--nonsense: there is no such flag; crossfade controller --help lists them'],
    [['--metricsPort'], '--metricsPort: a value must follow'],
    [['--metricsPort=x'], '--metricsPort: "x" is not a whole number'],
    [['--healthzPort=70000'], '--healthzPort: "70000" is not a port up to 65535; 0 is any free one'],
    [['--loglevel=loud'], '--loglevel: "loud" is not one of debug, info, warn, error'],
    [['--namespaced=maybe'], '--namespaced: "maybe" is not true or false'],
    [['--traefik-api-group=x.io'], '--traefik-api-group: "x.io" is not traefik.io or traefik.containo.us'],
    [
      ['--alb-verify-weight'],
      '--aws-verify-target-group: target groups of load balancers are not asked here, so nothing would be verified; ' +
        'take the flag out',
    ],
    [['--rollout-threads=0'], '--rollout-threads: "0" is not at least 1'],
    [
      ['--leader-election-lease-duration=5s'],
      '--leader-election-lease-duration must be longer than --leader-election-renew-deadline',
    ],
  ])('refuses %j with a sentence', (argv, problem) => {
    expect(readOptions(argv)).toEqual({ problem })
  })
  test('takes no flag for one because every object has its name', () => {
    for (const argv of [['--constructor=1'], ['--loglevel=constructor']])
      expect(readOptions(argv)).toHaveProperty('problem')
  })
})
