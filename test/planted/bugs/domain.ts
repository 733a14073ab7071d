// Bugs of what the decision stands on: routers, analyses, ReplicaSets and pods.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import { AMBASSADOR, ANALYSIS, NGINX, TRAFFIC, WORKLOAD } from '../rooms.ts'

export const DOMAIN_BUGS: readonly Bug[] = [
  ...inFile(
    'src/kube/quantity.ts',
    ['src/kube/quantity.test.ts'],
    [
      {
        name: 'an amount that Go keeps as it is written is written anew',
        find: 'return isKept(text) ? text : printQuantity(quantity)',
        replace: 'return printQuantity(quantity)',
      },
    ],
  ),
  ...inFile('src/traffic/registry.ts', TRAFFIC, [
    {
      name: 'a router whose weights are of 100 gets one of the maximum',
      find: '(isKnown ? intent : ofHundred(intent))',
      replace: '(isKnown ? ofHundred(intent) : intent)',
    },
  ]),
  ...inFile('src/traffic/leaving.ts', TRAFFIC, [
    {
      name: 'a router that was left keeps its weight',
      find: 'left.map(router => router.leave(at, theirs))',
      replace: 'left.slice(1).map(router => router.leave(at, theirs))',
    },
    {
      name: 'a router that was left takes what a staying one holds',
      find: '.filter(([key]) => !held.has(key))',
      replace: ".filter(([key]) => key !== '' || held.has(key))",
    },
  ]),
  ...inFile('src/traffic/nginx.ts', NGINX, [
    {
      name: "somebody else's canary Ingress counts as ours",
      find: 'controllerOf(canary)?.uid === bound.rollout.metadata.uid ? canary',
      replace: 'controllerOf(canary) !== undefined ? canary',
    },
    {
      name: 'a canary Ingress is deleted before its weight is gone',
      find: 'if (said(canary) > 0 && said(object) === 0) {',
      replace: 'if (said(canary) < 0 && said(object) === 0) {',
    },
  ]),
  ...inFile('src/traffic/canary-ingress.ts', NGINX, [
    {
      name: 'an Ingress of ours that is no canary any more says nothing',
      find: 'return isServedFirst(canary, stable) ? config.maxWeight : 0',
      replace: 'return isServedFirst(canary, stable) ? 0 : 0',
    },
    {
      name: 'the maximum stays when the user takes it out',
      find: 'if (!config.hasMaxWeight) delete annotations',
      replace: 'if (config.hasMaxWeight) delete annotations',
    },
  ]),
  ...inFile('src/traffic/ambassador.ts', AMBASSADOR, [
    {
      name: 'a canary Mapping is deleted before Emissary has seen its weight 0',
      find: 'if (intent.now >= until) return deleted(ref)',
      replace: 'if (intent.now >= intent.endedAt) return deleted(ref)',
    },
    {
      name: 'a Mapping that goes elsewhere is routed',
      find: 'match === null || match[2] !== intent.stable.service',
      replace: 'match === null',
    },
  ]),
  ...inFile('src/traffic/gateway-api.ts', TRAFFIC, [
    {
      name: 'a rule that reaches only one of the Services is written',
      find: 'backends.some(ours.isStable) && backends.some(ours.isCanary)',
      replace: 'backends.some(ours.isStable) || backends.some(ours.isCanary)',
    },
    {
      name: 'a route that lost its stable Service gives the canary nothing',
      find: 'shared.length > 0 ? shared : rules.filter(rule => !isForSome(rule))',
      replace: 'shared',
    },
    {
      name: 'a backend in another namespace is ours',
      find: '(backend.namespace ?? route?.metadata.namespace ?? home) === home',
      replace: "(backend.namespace ?? route?.metadata.namespace ?? home) !== ''",
    },
  ]),
  ...inFile('src/traffic/weights.ts', TRAFFIC, [
    {
      name: 'in doubt the smaller weight counts',
      find: 'const canary = Math.max(...weights)',
      replace: 'const canary = Math.min(...weights)',
    },
    {
      name: 'a share is rounded down',
      find: 'Math.ceil((Math.max(0, canary) * maxWeight) / total)',
      replace: 'Math.floor((Math.max(0, canary) * maxWeight) / total)',
    },
  ]),
  ...inFile('src/traffic/registry.ts', TRAFFIC, [
    {
      name: 'a router that nobody knows is not named',
      find: 'return asked.filter(field => !ENTRIES.some(one => one.field === field))',
      replace:
        'return asked.filter(field => ENTRIES.length === 0 || ENTRIES.some(one => one.field === field))',
    },
    {
      name: 'a step that the router can not do is none',
      find: 'routers.some(router => router.can[ability])',
      replace: 'routers.some(router => ability in router.can)',
    },
    {
      name: 'the other group of Traefik is looked at, too, when one was named',
      find: 'return [...kinds.filter(kind => !isElsewhere(kind)), ...unknown]',
      replace: 'return [...kinds.filter(kind => !isElsewhere(kind) || isElsewhere(kind)), ...unknown]',
    },
  ]),
  ...inFile('src/traffic/ingress-class.ts', TRAFFIC, [
    {
      name: 'an Ingress of the class of any load balancer is followed by each',
      find: 'const listed = classes[field]',
      replace: 'const listed = classes[field] && Object.values(classes).flat()',
    },
    {
      name: 'the field of an Ingress goes before the annotation',
      find: "return ingress.metadata.annotations?.[INGRESS_CLASS] || text(specOf(ingress)['ingressClassName'])",
      replace:
        "return text(specOf(ingress)['ingressClassName']) || ingress.metadata.annotations?.[INGRESS_CLASS] || ''",
    },
  ]),
  ...inFile('src/analysis/due.ts', ANALYSIS, [
    {
      name: 'after an error the whole interval is waited for',
      find: "return phase === 'Error' ? RETRY_MS : intervalMs",
      replace: "return phase === 'Failed' ? RETRY_MS : intervalMs",
    },
    {
      name: 'the first measurement does not wait for the initial delay',
      find: 'startedAt + plan.initialDelayMs',
      replace: 'startedAt + Math.min(0, plan.initialDelayMs)',
    },
  ]),
  ...inFile('src/analysis/assess.ts', ANALYSIS, [
    {
      name: 'errors with a success between them are counted as in a row',
      find: 'const { consecutiveError = 0, consecutiveSuccess = 0, ...rest } = result',
      replace: 'const { consecutiveError = 0, consecutiveSuccess = 0 } = result\n  const rest = result',
    },
    {
      name: 'one failure more than the limit passes',
      find: 'plan.failureLimit >= 0 && failed > plan.failureLimit',
      replace: 'plan.failureLimit >= 0 && failed > plan.failureLimit + 1',
    },
    {
      name: 'a metric that only runs dry fails the run',
      find: 'if (plan.isDryRun || result === undefined || !isOver(result.phase)) continue',
      replace: 'if (result === undefined || !isOver(result.phase)) continue',
    },
  ]),
  ...inFile('src/analysis/providers/job.ts', ANALYSIS, [
    {
      name: 'a Job is deleted although it is another one of that name',
      find: '...(uid === undefined ? {} : { ifUid: uid }),',
      replace: '',
    },
    {
      name: 'a Job that is gone is waited for for ever',
      find: 'return { measurement: endedWithError(open, message, now) }',
      replace: "return message === '' ? { measurement: endedWithError(open, message, now) } : {}",
    },
    {
      name: 'a Job that can not be made is no error',
      find: 'if (refusal !== undefined) return',
      replace: "if (refusal === '') return",
    },
  ]),
  ...inFile('src/workload/pod-metadata.ts', WORKLOAD, [
    {
      name: "a role's metadata changes a label that the selector selects by",
      find: 'return new Set([...selectorKeys(spec.selector), POD_TEMPLATE_HASH])',
      replace: 'return new Set([POD_TEMPLATE_HASH, ...selectorKeys(spec.selector).slice(0, 0)])',
    },
    {
      name: "a role's metadata changes the hash of a pod",
      find: 'return new Set([...selectorKeys(spec.selector), POD_TEMPLATE_HASH])',
      replace: 'return new Set(selectorKeys(spec.selector).filter(key => key !== POD_TEMPLATE_HASH))',
    },
    {
      name: 'what lies under the metadata of a role is forgotten',
      find: '...recordPatch(replicaSet, ORIGINAL_METADATA, under),',
      replace: '...recordPatch(replicaSet, ORIGINAL_METADATA, both(() => ({}))),',
    },
    {
      name: 'pods keep what no role knows any more',
      find: 'pods.length === 0 ? {} : picked(',
      replace: 'pods.length >= 0 ? {} : picked(',
    },
  ]),
  ...inFile('src/workload/replica-set.ts', WORKLOAD, [
    {
      name: 'an owner that is being deleted adopts',
      find: 'mayAdopt ? replicaSets.filter(',
      replace: 'mayAdopt || !mayAdopt ? replicaSets.filter(',
    },
    {
      name: 'the newest revision is forgotten, not the oldest',
      find: 'return alive.slice(0, Math.max(0, alive.length - limit)).filter(hasNoPods)',
      replace: 'return alive.slice(Math.min(limit, alive.length)).filter(hasNoPods)',
    },
    {
      name: 'the newest revision comes last',
      find: 'return revisionOf(b) - revisionOf(a) || byCreation(b, a)',
      replace: 'return revisionOf(a) - revisionOf(b) || byCreation(b, a)',
    },
  ]),
  ...inFile('src/workload/availability.ts', WORKLOAD, [
    {
      name: 'pods that are to go carry users',
      find: 'return Math.min(wantedReplicas(replicaSet), availableReplicas(replicaSet))',
      replace: 'return Math.max(0, availableReplicas(replicaSet))',
    },
    {
      name: 'a ReplicaSet without pods is forgotten before its controller has seen it',
      find: 'return isSeen && wantedReplicas',
      replace: 'return (isSeen || !isSeen) && wantedReplicas',
    },
    {
      name: 'a ReplicaSet is whole by what it was asked for last time',
      find: 'desiredReplicas(replicaSet) === replicas &&',
      replace: 'desiredReplicas(replicaSet) !== -1 &&',
    },
  ]),
]
