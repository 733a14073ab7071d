// Bugs of the routers behind which canaries stand, and of Services that swap roles.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import {
  AHEAD,
  ALB,
  APISIX,
  APP_MESH,
  BROKEN,
  CONTESTED,
  DECISION,
  GONE,
  ISTIO,
  MANAGED,
  MIRROR,
  ORPHANED,
  SMI,
  TRAEFIK,
} from '../rooms.ts'

export const ROUTER_BUGS: readonly Bug[] = [
  ...inFile('src/traffic/istio/destinations.ts', ISTIO, [
    {
      name: 'a destination of somebody else is deleted',
      find: "if (role !== 'experiment' && !experiments.has(hostOf(entry))) return [entry]",
      replace: "if (role === 'additional') return [entry]",
    },
    {
      name: 'destinations of others have no share of the whole',
      find: "  const rest = ALL - sumOf(parts, ['guest'])\n  const share =",
      replace: '  const rest = ALL\n  const share =',
    },
    {
      name: 'a small canary beside large destinations of others gets nothing',
      find: 'Math.max(1, Math.floor((weight * rest) / ALL))',
      replace: 'Math.floor((weight * rest) / ALL)',
    },
  ]),
  ...inFile('src/traffic/istio/http-routes.ts', ISTIO, [
    {
      name: 'routes of steps stand behind those of the user',
      find: '[...wanted, ...others]',
      replace: '[...others, ...wanted]',
    },
    {
      name: 'each of two Rollouts puts its routes before those of the other, without end',
      find: 'return inPlace(routes, wanted, { primary, managed }) ?? [',
      replace: 'return [',
    },
    {
      name: 'a route of a step stays when it is no longer wanted',
      find: 'routes.filter(route => !isOfStep(route, managed))',
      replace: 'routes',
    },
  ]),
  ...inFile('src/traffic/istio/istio.ts', ISTIO, [
    {
      name: 'a subset follows another ReplicaSet while users come to it',
      by: 'both',
      find: 'const loses = canary !== intent.canary.podHash && (isLess',
      replace: 'const loses = canary === intent.canary.podHash && (isLess',
    },
    {
      name: 'a step whose route stands beside no HTTP route is done without a word',
      find: 'if (hasHttp) return undefined',
      replace: 'if (hasHttp || named !== undefined) return undefined',
    },
    {
      name: 'a router that is left sends all to a subset that is behind',
      find: 'isGone || (services.length === 0 &&',
      replace: 'isGone || (services.length >= 0 &&',
    },
    {
      name: 'a subset follows another ReplicaSet while a header leads to it',
      find: 'isLess || isLeftByHeader(bound, intent, found)',
      replace: 'isLess || (isLess && isLeftByHeader(bound, intent, found))',
    },
    {
      name: 'the stable subset gets all users before it follows the new stable revision',
      find: 'if (!isBehind) return',
      replace: 'if (!isBehind || stable !== undefined) return',
    },
    {
      name: 'a VirtualService that is named twice is left for its last routes alone',
      find: 'leftService(named, bound, after)',
      replace: 'leftService(named, bound, found)',
    },
  ]),
  ...inFile('src/traffic/istio/destination-rule.ts', ISTIO, [
    {
      name: 'a subset of somebody else is deleted',
      find: 'if (hash === undefined) return isExperimentService(name, rollout) ? [] : [subset]',
      replace: 'if (hash === undefined) return []',
    },
  ]),
  ...inFile('src/traffic/alb/ingress.ts', ALB, [
    {
      name: 'the note of another Rollout is lost',
      find: 'const note = { ...noted, [rollout]: Object.keys(own) }',
      replace: 'const note: typeof noted = { [rollout]: Object.keys(own) }',
    },
    {
      name: 'a route by header comes after the rule that takes all',
      find: 'paths: [...wanted, ...others]',
      replace: 'paths: [...others, ...wanted]',
    },
    {
      name: 'a route by header stays behind a path for everybody',
      find: 'annotations[conditions] !== undefined && equal',
      replace: 'annotations[conditions] !== null && equal',
    },
  ]),
  ...inFile('src/traffic/apisix/route.ts', APISIX, [
    {
      name: 'a route by header has the priority of the route beside it',
      find: "(typeof rule['priority'] === 'number' ? rule['priority'] : 0) + 1",
      replace: "(typeof rule['priority'] === 'number' ? rule['priority'] : 0)",
    },
  ]),
  ...inFile('src/traffic/smi.ts', SMI, [
    {
      name: 'a TrafficSplit of somebody else is taken over',
      find: 'if (existing !== undefined && !isOurs(existing, bound)) {',
      replace: 'if (existing !== undefined && isOurs(existing, bound) && false) {',
    },
  ]),
  ...inFile('src/traffic/traefik.ts', TRAEFIK, [
    {
      name: 'the TraefikService of the old group is not seen',
      find: 'return all.find(one => one.service !== undefined) ?? (all[0] as Standing)',
      replace: 'return all[0] as Standing',
    },
  ]),
  ...inFile('src/traffic/app-mesh/app-mesh.ts', APP_MESH, [
    {
      name: 'a canary node that has no canary selects the stable pods',
      find: "placedNode(canary, isIdle ? '' : intent.canary.podHash, 'canary-hash')",
      replace: "placedNode(canary, isIdle ? intent.canary.podHash : intent.canary.podHash, 'canary-hash')",
    },
    {
      name: 'the stable node gets all users before it follows the new stable revision',
      find: 'isMoved ? [toStable, shared, toCanary]',
      replace: 'isMoved ? [shared, toStable, toCanary]',
    },
  ]),
  ...inFile('src/traffic/roles.ts', AHEAD, [
    {
      name: 'Services do not swap roles',
      by: 'both',
      find: "return stable === 'ping' ?",
      replace: "return stable !== 'x' ?",
    },
  ]),
  ...inFile('src/rollout/canary/selectors.ts', AHEAD, [
    {
      name: 'the Service of the old revision follows the new one when roles have swapped',
      find: 'current === undefined || story.isReset || isPromoted) return now',
      replace: 'current === undefined || story.isReset) return now',
    },
    {
      name: 'after an abort the Service that swaps takes its users to what was given up',
      find: '!isAborted && !isHeldElsewhere(story, carried) &&',
      replace: '!isHeldElsewhere(story, carried) &&',
    },
  ]),
  ...inFile('src/rollout/canary/intent.ts', AHEAD, [
    {
      name: 'after an abort a subset takes its users to what was given up',
      find: 'weight > 0 ? heldAim(story, facts.carried).hash : story.hash',
      replace: 'weight > 100 ? heldAim(story, facts.carried).hash : story.hash',
    },
  ]),
  ...inFile('src/traffic/experiment-services.ts', ISTIO, [
    {
      name: 'the weight of an experiment whose Service has a name stays for ever',
      find: 'return namedIn(rollout).includes(name)',
      replace: 'return false',
    },
  ]),
  ...inFile('src/rollout/contest.ts', CONTESTED, [
    {
      name: 'a route that is put back is written as often as it is put back',
      find: 'const ALIKE = 3',
      replace: 'const ALIKE = 300',
    },
    {
      name: 'the way back waits ten seconds, too',
      find: 'const everyMs = lowers ? LESS_AGAIN_MS : AGAIN_MS',
      replace: 'const everyMs = lowers ? AGAIN_MS : AGAIN_MS',
    },
    {
      name: 'a route that was contested once is so for ever',
      find: 'if (said === undefined || recent.length === 0) return',
      replace: 'if (said === undefined) return',
    },
  ]),
  ...inFile('src/rollout/gather/left-behind.ts', GONE, [
    {
      name: 'a Rollout that has become another controller’s loses its weight',
      find: 'return answer.value === true ? NO_ROUTES',
      replace: 'return answer.value === null ? NO_ROUTES',
    },
  ]),
  ...inFile('src/rollout/gather/left-behind.ts', ORPHANED, [
    {
      name: 'the mark of a Rollout that is gone takes the weight of the one that has its Ingress now',
      find: 'return notTakenOver(marked, { key, refs: [] }, cache)',
      replace: 'return marked',
    },
    {
      name: 'with --cascade=orphan the stable subset leads to the pods of both revisions',
      find: 'return isLiving ? { stableHash, keepsHashes: true } : {}',
      replace: 'return isLiving ? {} : {}',
    },
  ]),
  ...inFile('src/rollout/gather/taken-over.ts', ORPHANED, [
    {
      name: 'what a Rollout that is gone leaves takes the weight of the one that has its route now',
      find: 'return !equal(read(before), read(object))',
      replace: 'return !equal(read(before), read(before))',
    },
    {
      name: 'of two objects of a route that another Rollout has now one hides the other',
      find: '.filter(([, one]) => one.kind !== ref.kind.kind)',
      replace: '',
    },
    {
      name: 'of two Rollouts that go together neither gives their route back',
      find: 'keyOf(one) !== key && one.metadata.deletionTimestamp === undefined',
      replace: 'keyOf(one) !== key',
    },
  ]),
  ...inFile('src/runtime/loop/controller.ts', GONE, [
    {
      name: 'a Rollout that has gone is forgotten before its routes are given back',
      find: 'if (reconciler.remembersGone === true) gone.set',
      replace: 'if (reconciler.remembersGone !== true) gone.set',
    },
  ]),
  ...inFile('src/runtime/mirror/reflecting.ts', MIRROR, [
    {
      name: 'objects are made in the first version, whatever the server stores',
      find: 'if (await client.stores(version)) return version',
      replace: 'if (await client.serves(version)) return version',
    },
  ]),
  ...inFile('src/traffic/istio/selection.ts', MANAGED, [
    {
      name: 'a route of the user whose name steps may use is deleted',
      find: "return managed.includes(text(route['name'])) && !isShared",
      replace: "return managed.includes(text(route['name'])) || isShared",
    },
  ]),
  ...inFile('src/api/validation/managed-routes.ts', MANAGED, [
    {
      name: 'steps may make a route in the name of a Service',
      find: 'if (what === undefined) return []',
      replace: "if (what === undefined || what.includes('Service of')) return []",
    },
  ]),
  ...inFile('src/traffic/istio/istio.ts', BROKEN, [
    {
      name: 'subsets are given back while a part of their routes has users of the canary',
      find: '&& stuck.waits === undefined',
      replace: '&& stuck !== undefined',
    },
  ]),
  ...inFile('src/traffic/app-mesh/app-mesh.ts', APP_MESH, [
    {
      name: 'a stable node gets the hash of nobody where no revision is known',
      find: 'nodeHash(stable) || undefined',
      replace: "nodeHash(stable) || ''",
    },
  ]),
  ...inFile('src/traffic/gateway-api.ts', AHEAD, [
    {
      name: 'a pair of Services behind an HTTPRoute is taken for no Service',
      find: 'rulesProblem(ref, rules, { ours, services: binding.services })',
      replace: 'rulesProblem(ref, [], { ours, services: binding.services })',
    },
  ]),
  ...inFile('src/rollout/route-writes.ts', CONTESTED, [
    {
      name: 'the status tells a weight that somebody has put back',
      find: 'return isWritten && done.every',
      replace: 'return (isWritten || !isWritten) && done.every',
    },
  ]),
  ...inFile('src/rollout/route-writes.ts', BROKEN, [
    {
      name: 'an abort tells a weight of 0 that a broken route does not have',
      find: 'return { ...placing, isStuck: (after?.canary ?? 0) > 0 }',
      replace: 'return { ...placing, isStuck: (after?.canary ?? 0) < 0 }',
    },
  ]),
  ...inFile('src/traffic/istio/destinations.ts', BROKEN, [
    {
      name: 'a route that lacks a side keeps the weight of all others',
      find: "isWhole && isShared && roles.filter(one => one === 'stable').length === 1",
      replace: "!isWhole && isShared && roles.filter(one => one === 'stable').length === 1",
    },
  ]),
  ...inFile('src/rollout/situation.ts', DECISION, [
    {
      name: 'a name that is taken holds up a first revision',
      find: 'return hasAll && routing.taken !== undefined ? undefined : routing.problem',
      replace: 'return hasAll && routing.taken === undefined ? undefined : routing.problem',
    },
  ]),
]
