// Whole command lines against a cluster: what is printed where, and the exit status.
import { describe, expect, test } from 'vitest'
import type { Rollout } from '../api/rollout.ts'
import type { Clock } from '../doors/clock.ts'
import { KubeError } from '../kube/errors.ts'
import { EXPERIMENT, REPLICA_SET, ROLLOUT } from '../kube/kinds.ts'
import { KubeconfigError } from '../runtime/network/kubeconfig-error.ts'
import { systemClock } from '../runtime/system.ts'
import { aCluster, aRollout, run } from './program.suite.ts'
import type { Setting } from './program.suite.ts'

test('list rollouts -o wide shows age, images and message as well', async () => {
  const { out } = await run(aCluster(aRollout('demo', 'Paused')), 'list rollouts -o wide')
  const [heads = '', row = ''] = out.split('\n')
  expect(heads).toMatch(/AVAILABLE +AGE +IMAGES +MESSAGE *$/)
  expect(row).toMatch(/ 10m +web:v1 +because *$/)
})

describe('flags are given as kubectl takes them', () => {
  test.each([
    '-n shop get rollout demo',
    'get rollout demo -n shop',
    'get ro --namespace=shop demo',
    'get rollouts -nshop demo',
  ])('%s', async line => {
    const { exit, flags } = await run(aCluster(aRollout('demo')), line)
    expect(exit).toBe(0)
    expect(flags?.['namespace']).toBe('shop')
  })

  test('all the others of kubectl reach whoever connects', async () => {
    const line =
      'list rollouts --context c --as-group a --as-group b --as me -s https://h --insecure-skip-tls-verify'
    const { flags } = await run(aCluster(), line)
    expect(flags).toMatchObject({
      context: 'c',
      as: 'me',
      'as-group': ['a', 'b'],
      server: 'https://h',
      'insecure-skip-tls-verify': true,
    })
  })

  test('a switch can be switched off', async () => {
    const cluster = aCluster(aRollout('demo', 'Paused'))
    expect((await run(cluster, 'status demo --watch=false')).out).toBe('Paused - because\n')
    expect((await run(cluster, 'status demo -w=f')).out).toBe('Paused - because\n')
  })
})

describe('what is wrong with a command line is said on stderr', () => {
  test.each([
    ['foo', 'unknown command "foo" for "kubectl argo rollouts"'],
    ['lint', 'unknown command "lint" for "kubectl argo rollouts"'],
    ['get foo', 'unknown command "foo" for "kubectl argo rollouts get"'],
    ['--foo', 'unknown flag: --foo'],
    ['get rollout demo --foo=3', 'unknown flag: --foo'],
    ['get rollout demo -wx', "unknown shorthand flag: 'x' in -x"],
    ['get rollout demo -o', 'flag needs an argument: --output'],
    ['get rollout demo -o table', 'invalid argument "table" for "--output" flag: use json, yaml or wide'],
    [
      'get rollout',
      'ROLLOUT_NAME is missing\nUsage:\n  kubectl argo rollouts get rollout ROLLOUT_NAME [flags]',
    ],
    ['undo a b', 'expected 1 argument, got more'],
    ['undo demo --to-revision=x', 'invalid argument "x" for "--to-revision" flag'],
    ['status demo -w=maybe', 'invalid argument "maybe" for "-w, --watch" flag: use true or false'],
    ['status demo -t -5s', 'invalid argument "-5s" for "-t, --timeout" flag'],
    ['status demo -t soon', 'invalid argument "soon" for "-t, --timeout" flag'],
    ['set image demo web', 'expected CONTAINER=IMAGE, got "web"'],
    ['set image demo app=v2', 'unable to find container named "app"'],
    ['get rollout none', 'none not found'],
  ])('%s', async (line, problem) => {
    const { out, err, exit } = await run(aCluster(aRollout('demo', 'Paused')), line)
    expect({ out, exit }).toEqual({ out: '', exit: 1 })
    expect(err).toMatch(/^Error: /)
    expect(err).toContain(problem)
  })
})

describe('promote says what it did, on a terminal only', () => {
  const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: {} }]
  const paused = { pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-08-01T12:00:00Z' }] }
  test.each([
    ['promote demo', { currentStepIndex: 1, ...paused }, 'resumed at step 2 of 4'],
    ['promote demo', { currentStepIndex: 2 }, 'skipped step 3 of 4'],
    [
      'promote demo',
      { currentStepIndex: 4, phase: 'Progressing', message: 'm' },
      'nothing is paused: Progressing, m',
    ],
    [
      'promote demo',
      { currentPodHash: 'a', stableRS: 'a' },
      'nothing to promote: the newest revision is stable',
    ],
    ['promote demo --full', { currentStepIndex: 1 }, 'skips the analyses, pauses and steps that are left'],
  ])('%s', async (line, status, detail) => {
    const canary = { ...aRollout('demo'), status } as Rollout
    const object = { ...canary, spec: { ...canary.spec, strategy: { canary: { steps } } } }
    const text = line.endsWith('--full') ? "rollout 'demo' fully promoted\n" : "rollout 'demo' promoted\n"
    expect((await run(aCluster(object), line)).out).toBe(text)
    expect((await run(aCluster(object), line, { terminal: true })).out).toBe(`${text}${detail}\n`)
  })

  test('and how many of the new pods are ready', async () => {
    const status = { phase: 'Progressing', currentPodHash: 'b', stableRS: 'a' }
    const rollout = aRollout('demo')
    const uid = 'rollout-1'
    const cluster = aCluster({ ...rollout, metadata: { ...rollout.metadata, uid }, status } as Rollout)
    const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'demo', uid, controller: true }
    const labels = { 'rollouts-pod-template-hash': 'b' }
    const newest = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'demo-b', namespace: 'shop', labels, ownerReferences: [owner] },
      spec: { replicas: 2 },
      status: { readyReplicas: 1 },
    }
    cluster.put(REPLICA_SET, newest)
    const told = await run(cluster, 'promote demo', { terminal: true })
    expect(told.out).toBe("rollout 'demo' promoted\nnothing is paused: Progressing, 1 of 2 new pods ready\n")
  })
})

describe('a name that is not there', () => {
  test.each([
    ['promot demo', '  promote\n'],
    ['get rolout demo', '  rollout\n'],
    ['status demo --timout=3s', '  --timeout\n'],
    ['get rollout dmeo', '  demo\n'],
    ['set image demo wbe=web:v2', '  web\n'],
  ])('of "%s" is followed by the nearest, on a terminal only', async (line, near) => {
    const told = await run(aCluster(aRollout('demo')), line, { terminal: true })
    const piped = await run(aCluster(aRollout('demo')), line)
    expect([told.exit, piped.exit]).toEqual([1, 1])
    expect(told.err).toBe(`${piped.err}\nDid you mean this?\n${near}`)
  })
})

describe('help', () => {
  test.each(['', '-h', '--help', 'get', 'get -h', 'retry', 'promote --help', 'get rollout demo -h'])(
    'is printed for "%s"',
    async line => {
      const { out, exit } = await run(aCluster(), line)
      expect(exit).toBe(0)
      expect(out).toContain('Usage:\n  kubectl argo rollouts')
      expect(out).toContain('Use "kubectl argo rollouts options" for the flags that every command has.')
    },
  )

  test('leaves deprecated flags out', async () => {
    expect((await run(aCluster(), 'promote -h')).out).not.toContain('--skip')
  })
})

describe('actions', () => {
  test('deprecated flags are named on stderr', async () => {
    const demo = aRollout('demo')
    const canary = { ...demo, spec: { ...demo.spec, strategy: { canary: { steps: [{ pause: {} }] } } } }
    const long = await run(aCluster(canary), 'promote demo --skip-current-step')
    expect(long.err).toBe(
      'Flag --skip-current-step has been deprecated, use without the flag instead ex: promote ROLLOUT_NAME\n',
    )
    const short = await run(aCluster(canary), 'promote demo -a')
    expect(short.err).toBe(
      'Flag shorthand -a has been deprecated, use --full instead\n' +
        'Flag --skip-all-steps has been deprecated, use --full instead\n',
    )
  })

  test('take several names, and stop at the first that fails', async () => {
    const cluster = aCluster(aRollout('one'), aRollout('three'))
    const { out, err, exit } = await run(cluster, 'pause one two three')
    expect({ out, exit }).toEqual({ out: "rollout 'one' paused\n", exit: 1 })
    expect(err).toContain('two not found')
  })

  test('are tried again when somebody else was faster, on what that one left', async () => {
    const cluster = aCluster(aRollout('demo'))
    let refusals = 0
    cluster.refuse = () => {
      if (refusals++ > 0) return undefined
      const demo = cluster.list(ROLLOUT)[0] as Rollout
      const containers = [...(demo.spec.template?.spec.containers ?? []), { name: 'log', image: 'log:v1' }]
      cluster.put(ROLLOUT, { ...demo, spec: { ...demo.spec, template: { spec: { containers } } } } as Rollout)
      return new KubeError('Conflict', 'the object has been modified', { status: 409 })
    }
    const { out } = await run(cluster, 'set image demo web=web:v2')
    expect(out).toBe('rollout "demo" image updated\n')
    expect((cluster.list(ROLLOUT)[0] as Rollout).spec.template?.spec.containers).toEqual([
      { name: 'web', image: 'web:v2' },
      { name: 'log', image: 'log:v1' },
    ])
  })

  test('say that the server can not be reached', async () => {
    const cluster = aCluster(aRollout('demo'))
    cluster.refuse = () => new KubeError('Unreachable', 'connect ECONNREFUSED 127.0.0.1:1')
    const { err, exit } = await run(cluster, 'pause demo')
    expect(exit).toBe(1)
    expect(err).toMatch(
      /^Error: the API server can not be reached: connect ECONNREFUSED 127.0.0.1:1\n.*KUBECONFIG/,
    )
  })

  test('give up after five conflicts', async () => {
    const cluster = aCluster(aRollout('demo'))
    cluster.refuse = () => new KubeError('Conflict', 'the object has been modified', { status: 409 })
    const { err, exit } = await run(cluster, 'set image demo web=web:v2')
    expect({ err, exit }).toEqual({ err: 'Error: the object has been modified\n', exit: 1 })
    expect(cluster.requests.filter(one => one.startsWith('patch'))).toHaveLength(5)
  })
})

describe('colours', () => {
  const coloured = async (setting: Setting, line = 'get rollout demo') =>
    (await run(aCluster(aRollout('demo')), line, setting)).out.includes('\x1b[32m')

  test('are for terminals, unless they are not wanted there', async () => {
    expect(await coloured({ terminal: true })).toBe(true)
    expect(await coloured({ terminal: false })).toBe(false)
    expect(await coloured({ terminal: true }, 'get rollout demo --no-color')).toBe(false)
    expect(await coloured({ terminal: true, env: { NO_COLOR: '1' } })).toBe(false)
    expect(await coloured({ terminal: true, env: { TERM: 'dumb' } })).toBe(false)
  })
})

describe('data for machines', () => {
  test('comes as JSON or YAML', async () => {
    const cluster = aCluster(aRollout('demo', 'Paused'))
    const json = JSON.parse((await run(cluster, 'get rollout demo -o json')).out) as object
    expect(json).toMatchObject({ name: 'demo', phase: 'Paused', revisions: [] })
    expect((await run(cluster, 'status demo -o yaml')).out).toBe(
      'name: demo\nphase: Paused\nmessage: because\n',
    )
    expect(JSON.parse((await run(cluster, 'list rollouts -o json')).out)).toHaveLength(1)
    expect(JSON.parse((await run(cluster, 'list experiments -o json')).out)).toEqual([])
    expect((await run(cluster, 'version -o json')).out).toContain('"version": "1.2.3"')
  })

  test('a list of nothing says so on stderr', async () => {
    expect(await run(aCluster(), 'list rollouts')).toMatchObject({
      out: '',
      err: 'No resources found.\n',
      exit: 0,
    })
  })

  test('version can be short', async () => {
    expect((await run(aCluster(), 'version --short')).out).toBe('kubectl-argo-rollouts: v1.2.3\n')
    expect((await run(aCluster(), 'version')).out).toContain(
      '  NodeVersion: v20.20.0\n  Platform: linux/x64\n',
    )
  })
})

describe('following', () => {
  test('status waits until the rollout is Healthy', async () => {
    const cluster = aCluster(aRollout('demo', 'Paused'))
    const onWrite = (all: string) => {
      if (all === 'Paused - because\n') cluster.put(ROLLOUT, aRollout('demo'))
    }
    const { out, exit } = await run(cluster, 'status demo', { clock: systemClock, onWrite })
    expect({ out, exit }).toEqual({ out: 'Paused - because\nHealthy\n', exit: 0 })
  })

  test('what has come to its end leaves no timer behind that would keep the program up', async () => {
    const waiting = new Set<Promise<void>>()
    const clock: Clock = {
      now: systemClock.now,
      sleepUntil(at, signal) {
        const sleep = systemClock.sleepUntil(at, signal)
        waiting.add(sleep)
        void sleep.then(() => waiting.delete(sleep))
        return sleep
      },
    }
    expect((await run(aCluster(aRollout('demo')), 'status demo', { clock })).exit).toBe(0)
    await new Promise(resolve => setImmediate(resolve))
    expect(waiting.size).toBe(0)
  })

  test('status fails when the rollout is Degraded, when time is over, and when interrupted', async () => {
    const degraded = await run(aCluster(aRollout('demo', 'Degraded')), 'status demo', { clock: systemClock })
    expect(degraded).toMatchObject({
      out: 'Degraded - because\n',
      err: 'Error: The rollout is in a degraded state with message: because\n',
      exit: 1,
    })
    const exceeded = {
      out: 'Paused - because\n',
      err: 'Error: Rollout status watch exceeded timeout\n',
      exit: 1,
    }
    const paused = () => aCluster(aRollout('demo', 'Paused'))
    expect(await run(paused(), 'status demo -t 50ms', { clock: systemClock })).toMatchObject(exceeded)
    const onWrite = (_: string, interrupt: () => void) => interrupt()
    expect(await run(paused(), 'status demo', { clock: systemClock, onWrite })).toMatchObject(exceeded)
  })

  test('get rollout -w prints a whole text at each change into a pipe, and ends when the rollout goes', async () => {
    const cluster = aCluster(aRollout('demo', 'Paused'))
    const onWrite = (all: string) => {
      if (all.includes('Healthy')) cluster.remove({ kind: ROLLOUT, namespace: 'shop', name: 'demo' })
      else cluster.put(ROLLOUT, aRollout('demo'))
    }
    const { out, exit } = await run(cluster, 'get rollout demo -w', { clock: systemClock, onWrite })
    expect(out.match(/^Status: .*$/gm)).toEqual(['Status:          ॥ Paused', 'Status:          ✔ Healthy'])
    expect(out).not.toContain('\x1b')
    expect(exit).toBe(0)
  })

  test('get rollout -w draws only lines that changed on a terminal', async () => {
    const cluster = aCluster(aRollout('demo', 'Paused'))
    const pieces: string[] = []
    const onWrite = (_: string, interrupt: () => void, piece: string) => {
      pieces.push(piece)
      if (pieces.length === 1) cluster.put(ROLLOUT, aRollout('demo'))
      else interrupt()
    }
    await run(cluster, 'get rollout demo -w --no-color', { clock: systemClock, terminal: true, onWrite })
    const [first = '', second = '', last] = pieces
    expect(first).toContain('Namespace:       shop')
    expect(second).toContain('\x1b[3;1HStatus:          ✔ Healthy\x1b[K')
    expect(second).not.toContain('Namespace:')
    expect(last).toMatch(/\?25h$/)
  })

  test('list rollouts -w prints a row for each change', async () => {
    const cluster = aCluster(aRollout('demo', 'Paused'))
    const onWrite = (all: string, interrupt: () => void) => {
      if (all.includes('Healthy')) interrupt()
      else cluster.put(ROLLOUT, aRollout('demo'))
    }
    const { out } = await run(cluster, 'list rollouts -w', { clock: systemClock, onWrite })
    expect(out.split('\n').map(line => line.split(/\s+/).slice(0, 3).join(' '))).toEqual([
      'NAME STRATEGY STATUS',
      'demo BlueGreen Paused',
      'demo BlueGreen Healthy',
      '',
    ])
  })
})

describe('what comes from objects and servers reaches no terminal as it is', () => {
  const HOSTILE = 'a\x1b[2J\x1b]0;owned\x07\r\nName: other\x9b1m'
  const hostile = (): Rollout => {
    const one = aRollout('demo', 'Degraded')
    return {
      ...one,
      spec: { ...one.spec, template: { spec: { containers: [{ name: 'web', image: HOSTILE }] } } },
      status: { ...one.status, message: HOSTILE },
    }
  }
  const hostileCluster = () => {
    const cluster = aCluster(hostile())
    const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'demo', uid: '' }
    const metadata = { name: HOSTILE, namespace: 'shop', ownerReferences: [{ ...owner, controller: true }] }
    const containers = [{ name: 'web', image: HOSTILE }]
    const annotations = { 'rollout.argoproj.io/revision': '1' }
    cluster.put(REPLICA_SET, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { ...metadata, annotations },
      spec: { replicas: 1, template: { spec: { containers } } },
    } as never)
    cluster.put(EXPERIMENT, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Experiment',
      metadata: { name: 'try', namespace: 'shop' },
      spec: { templates: [] },
      status: { phase: HOSTILE, message: HOSTILE },
    } as never)
    return cluster
  }

  /** Colours of our own are taken out first: whatever control character is left came from an object. */
  const left = (text: string) =>
    ['0', '31', '32', '33', '94']
      .reduce((rest, colour) => rest.replaceAll(`\x1b[${colour}m`, ''), text)
      .split('')
      .filter(one => /\p{Cc}/u.test(one) && one !== '\n')

  test.each([
    'get rollout demo',
    'get rollout demo -o json',
    'get rollout demo -o yaml',
    'get experiment try',
    'list rollouts',
    'list rollouts -o json',
    'list experiments',
    'list experiments -o yaml',
    'status demo',
    'status demo --watch=false',
  ])('%s', async line => {
    for (const terminal of [true, false]) {
      const { out, err } = await run(hostileCluster(), line, { terminal })
      expect(out.length).toBeGreaterThan(5)
      expect(left(out + err)).toEqual([])
      expect(out, 'no line is forged').not.toMatch(/^Name: other/m)
    }
  })

  test('it is shown as kubectl shows it, and lines of a message stand below each other', async () => {
    const { out } = await run(hostileCluster(), 'get rollout demo')
    expect(out).toContain('Message:         a^[[2J^[]0;owned^G^M\n                 Name: other^[[1m\n')
    const { err } = await run(hostileCluster(), 'status demo --watch=false')
    expect(err).toContain('with message: a^[[2J^[]0;owned^G^M^JName: other^[[1m\n')
  })

  test('on a terminal, colours and movements of our own stay', async () => {
    const { out } = await run(hostileCluster(), 'get rollout demo', { terminal: true })
    expect(out).toContain('\x1b[31m✖\x1b[0m Degraded')
    let drawn = ''
    await run(hostileCluster(), 'get rollout demo --watch', {
      terminal: true,
      clock: systemClock,
      onWrite(all, interrupt) {
        drawn = all
        interrupt()
      },
    })
    expect(drawn).toContain('\x1b[2J\x1b[H')
    expect(drawn.split('\x1b[2J')).toHaveLength(2)
    expect(drawn).toContain('a^[[2J')
  })

  test('a kubeconfig that cannot be used is a sentence', async () => {
    const world = { connect: () => Promise.reject(new KubeconfigError('the plug-in says \x1b[2J')) }
    const { err, exit } = await run(aCluster(), 'list rollouts', { world })
    expect([err, exit]).toEqual(['Error: the plug-in says ^[[2J\n', 1])
  })

  test('a refusal', async () => {
    const cluster = aCluster(aRollout('demo'))
    cluster.refuse = () => new KubeError('Forbidden', HOSTILE)
    const { err, exit } = await run(cluster, 'restart demo')
    expect(exit).toBe(1)
    expect(err).toBe('Error: a^[[2J^[]0;owned^G^M\nName: other^[[1m\n')
  })
})

describe('dashboard', () => {
  test('serves on port 3100 below /rollouts, or tells how to reach one that runs', async () => {
    expect((await run(aCluster(), 'dashboard')).out).toBe('serve 3100 rollouts\n')
    expect((await run(aCluster(), 'dashboard --port 0 --root-path birds/of/song')).out).toBe(
      'serve 0 birds/of/song\n',
    )
    expect((await run(aCluster(), 'dashboard --url -p 3101')).out).toBe('url 3101 rollouts\n')
    expect((await run(aCluster(), 'dashboard --print-token')).out).toBe('token 3100 rollouts\n')
  })

  test('refuses a port or a root path that can not be', async () => {
    expect((await run(aCluster(), 'dashboard --port 70000')).err).toContain('65535 is the largest')
    expect((await run(aCluster(), 'dashboard --root-path a/../b')).err).toContain('--root-path takes')
  })
})
