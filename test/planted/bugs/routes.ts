// Bugs in what becomes of route objects: who gets a request, and what is made of it on its way.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import { GATEWAY, MIRRORS, ROUTES, SESSIONS } from '../rooms.ts'

export const ROUTE_BUGS: readonly Bug[] = [
  ...inFile('src/gateway/pattern.ts', ROUTES, [
    {
      name: 'a header that is missing matches a pattern',
      find: 'if (text === undefined) return false',
      replace: "if (text === undefined) text = ''",
    },
    {
      name: 'remembering the groups of a pattern costs a request nothing',
      find: 'work.left -= GROUP_COST * pattern.steps(text)',
      replace: 'work.left -= 1',
    },
  ]),
  ...inFile('src/gateway/mirroring.ts', MIRRORS, [
    { name: 'every request is mirrored', find: 'random.next() * 100 < percent', replace: 'percent > 0' },
    { name: 'mirrors without end are under way', find: '|| underWay >= UNDER_WAY_MAX', replace: '' },
  ]),
  ...inFile('src/gateway/routes/istio/virtual-services.ts', ROUTES, [
    {
      name: 'the more special rule of a VirtualService wins',
      find: 'precedence: RULES_MAX - i',
      replace: 'precedence: RULES_MAX',
    },
  ]),
  ...inFile('src/gateway/routes/istio/destinations.ts', ROUTES, [
    {
      name: 'a subset has all pods of its Service',
      find: 'endpoints: backends.labelled(endpoints, namespace, labels), problem',
      replace: 'endpoints, problem',
    },
  ]),
  ...inFile('src/gateway/routes/ingress/alb-actions.ts', ROUTES, [
    {
      name: 'a header route of the load balancer is for everybody',
      find: 'headers: headers.value,',
      replace: 'headers: [],',
    },
  ]),
  ...inFile('src/gateway/routes/traefik/services.ts', ROUTES, [
    {
      name: 'weights of weights are added up',
      find: 'weight: one.weight * part',
      replace: 'weight: one.weight',
    },
  ]),
  ...inFile('src/gateway/routes/traefik/ingress-routes.ts', ROUTES, [
    {
      name: 'middlewares are skipped',
      find: "list(rule['middlewares']).length > 0",
      replace: 'false',
    },
  ]),
  ...inFile('src/gateway/routes/ingress/nginx-ingress.ts', ROUTES, [
    {
      name: 'a canary Ingress that nobody is behind takes its share',
      find: 'const isEmpty = canary.backend.endpoints.length === 0',
      replace: 'const isEmpty = false',
    },
    {
      name: 'an empty header value of a canary Ingress is one',
      find: 'readOf(ingress, name) || undefined',
      replace: 'readOf(ingress, name)',
    },
  ]),
  ...inFile('src/gateway/routes/table.ts', ROUTES, [
    {
      name: 'two headers go before a method',
      find: 'Number(b.methods !== undefined) - Number(a.methods !== undefined) ||',
      replace: '',
    },
    {
      name: 'the tenth rule of a route is asked before the second',
      find: '(a.order ?? 0) - (b.order ?? 0) ||',
      replace: '',
    },
  ]),
  ...inFile('src/gateway/routes/ingress/ingresses.ts', ROUTES, [
    {
      name: 'a younger Ingress takes over a host and path',
      find: 'return compareText(since(a), since(b)) || compareText(name(a), name(b))',
      replace: 'return compareText(name(a), name(b))',
    },
  ]),
  ...inFile('src/gateway/matching.ts', ROUTES, [
    {
      name: 'an Ingress without a host serves the hosts of others',
      find: 'let isKept = own?.isKept ?? false',
      replace: 'let isKept = false',
    },
  ]),
  ...inFile('src/gateway/routes/mapping-fields.ts', ROUTES, [
    {
      name: 'a shadow gets live traffic',
      find: 'shadow: [false],',
      replace: 'shadow: [false, true],',
    },
  ]),
  ...inFile('src/gateway/routes/http-route-backends.ts', ROUTES, [
    {
      name: 'a route reaches a Service of any namespace',
      find: 'namespace === home || isGranted(',
      replace: 'namespace !== undefined || isGranted(',
    },
  ]),
  ...inFile('src/gateway/filters/rewriting.ts', GATEWAY, [
    {
      name: 'a rewritten path leads out of where it was put',
      find: 'normalPath(whole) === whole && whole.length <= LONGEST',
      replace: 'whole.length <= LONGEST',
    },
  ]),
  ...inFile('src/gateway/filters/rewriting.ts', ROUTES, [
    {
      name: 'a replaced prefix runs into what follows it',
      find: 'return withoutSlash(to) + path.slice(withoutSlash(matched).length)',
      replace: 'return to + path.slice(matched.length)',
    },
  ]),
  ...inFile('src/gateway/filters/header-changes.ts', ROUTES, [
    {
      name: 'a route changes the headers that frame a message',
      find: '...remove].find(isOfTheMessage)',
      replace: '...remove].find(name => name === undefined)',
    },
  ]),
  ...inFile('src/gateway/filters/plan.ts', ROUTES, [
    {
      name: 'a filter that is not played is skipped',
      find: 'if (refusal !== undefined) return { refused: { status: 500, message: refusal } }',
      replace: '',
    },
  ]),
  ...inFile('src/gateway/sessions.ts', SESSIONS, [
    {
      name: 'a client stays with a version that has no weight any more',
      find: 'one.weight > 0 && one.endpoints.length > 0',
      replace: 'one.endpoints.length > 0',
    },
    {
      name: 'users of an experiment that ends are assigned anew',
      find: ' ?? heaviest(served.filter(isOf(told.version)))',
      replace: '',
    },
    {
      name: 'a client follows its Service to another version',
      find: 'return told.version === version || isUnknown(told.version) || isUnknown(version)',
      replace: 'return true',
    },
    {
      name: 'a session is as long as its cookie',
      find: 'at - begunAt >= absoluteSeconds || at - seenAt >= idleSeconds',
      replace: 'at - seenAt >= idleSeconds',
    },
  ]),
  ...inFile('src/gateway/behind.ts', SESSIONS, [
    {
      name: 'a route leads to the endpoints of the selector before',
      find: 'behind.size === 0 ? routes : withEarlier',
      replace: 'behind.size >= 0 ? routes : withEarlier',
    },
    {
      name: 'of an object that waits only the routes with the same place stay',
      find: 'return old\n  })',
      replace: 'return old.filter(one => one.id === route.id)\n  })',
    },
  ]),
  ...inFile('src/gateway/routes/http-route-experiments.ts', SESSIONS, [
    {
      name: 'an experiment that was deleted keeps its share of the users',
      find: 'one => !names.has(one.service) || one.endpoints.length > 0',
      replace: 'one => one.service !== undefined',
    },
  ]),
  ...inFile('src/gateway/routes/ingress/nginx-ingress.ts', SESSIONS, [
    {
      name: 'a tester’s header keeps him with the canary',
      find: '    ...route,\n    id: `${route.id}/${i}`',
      replace: '    ...main,\n    id: `${route.id}/${i}`',
    },
  ]),
  ...inFile('src/gateway/proxy.ts', GATEWAY, [
    {
      name: 'a request goes down with the backend that left its route',
      find: 'const other = gateway.chooser.backend(route, { asked, now: gateway.clock.now() })',
      replace: 'const other: RouteBackend | undefined = undefined',
    },
  ]),
]
