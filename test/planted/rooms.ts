// Which tests belong to which room. Stories where there are any: they are fast, and what they catch they always catch.
const stories = (...names: readonly string[]) => names.map(name => `src/rollout/${name}.test.ts`)

export const DECISION = stories(
  'decide',
  'differences',
  'faults',
  'moves',
  'reconciler',
  'runs',
  'situation',
  'verdict',
  'way-back',
)
export const CANARY = ['src/rollout/canary/', ...stories('decide', 'differences', 'faults')]
export const BLUE_GREEN = ['src/rollout/blue-green/', ...stories('decide', 'differences', 'faults', 'runs')]
export const STATUS = stories('status/events', 'status/late-counts', 'faults', 'reconciler', 'verdict')
export const LEAVING = stories('leaving', 'left-subsets', 'change-of-strategy')
export const BROKEN = stories('broken-routes')
export const UNREAD = stories('unread-routes')
export const DURATION = stories('status/duration')
export const TRAFFIC = ['leaving', 'maximum', 'registry', 'ingress-class', 'gateway-api'].map(
  name => `src/traffic/${name}.test.ts`,
)
export const NGINX = ['src/traffic/nginx.test.ts']
export const ISTIO = ['src/traffic/istio/']
export const ALB = ['src/traffic/alb/']
export const APISIX = ['src/traffic/apisix/']
export const SMI = ['src/traffic/smi.test.ts']
export const TRAEFIK = ['src/traffic/traefik.test.ts']
export const APP_MESH = ['src/traffic/app-mesh/']
export const AHEAD = stories('ping-pong')
export const CONTESTED = ['test/compat/contested.test.ts']
export const GONE = ['test/compat/rollout-gone.test.ts']
export const ORPHANED = stories('gather/left-behind')
export const LOST_STATUS = stories('gather/lost-status')
export const MANAGED = stories('managed-names')
export const MIRROR = ['src/runtime/mirror/']
export const AMBASSADOR = ['src/traffic/ambassador.test.ts']
export const ANALYSIS = ['src/analysis/']
export const EXPERIMENT = ['src/experiment/']
export const EXPERIMENT_STEP = ['src/rollout/experiment/']
export const EXPRESSION = ['src/lang/expression/', 'src/analysis/judge.test.ts']
export const WORKLOAD = ['availability', 'pod-metadata', 'replica-set'].map(
  name => `src/workload/${name}.test.ts`,
)
export const RUNTIME = [
  'barrier',
  'gone',
  'late-status',
  'loop',
  'refusals',
  'reports',
  'trims',
  'workqueue',
].map(name => `src/runtime/loop/${name}.test.ts`)
export const LEASE = ['test/two-leases.test.ts', 'src/runtime/leader.test.ts']
export const STORE = ['src/cluster/storage/lmdb.test.ts']
export const TERMINAL = ['src/cli/program.test.ts']
export const GATEWAY = ['hostile', 'normal-path', 'proxy'].map(name => `src/gateway/${name}.test.ts`)
export const ROUTES = [
  'apisix-route',
  'families',
  'http-route',
  'ingress/alb-actions',
  'ingress/nginx-canary',
  'ingress/nginx-paths',
  'istio/virtual-services',
  'mapping',
  'precedence',
  'traefik/ingress-routes',
  'traffic-split',
].map(name => `src/gateway/routes/${name}.test.ts`)
export const LIVE_TRAFFIC = [
  'src/gateway/history/',
  'src/cluster/serve/traffic.test.ts',
  'src/dashboard/traffic-feed.test.ts',
]
export const SESSIONS = ['behind', 'sessions', 'routes/sessions'].map(name => `src/gateway/${name}.test.ts`)
export const MIRRORS = ['src/gateway/mirroring.test.ts']
export const PATTERNS = ['src/std/pattern-size.test.ts']
export const JSON_PATCH = ['src/kube/json-patch.test.ts']
export const SECRETS = ['src/kube/secrets.test.ts']
export const WATCHERS = ['src/cluster/serve/watch/outboxes.test.ts']
export const CEL = ['src/cluster/schema/']
export const MEASURING = ['src/metrics/', 'src/controller/measure.test.ts']
export const OUTGOING = ['src/doors/outgoing/']
export const HIDDEN = ['src/std/hidden.test.ts']
export const PROMQL = ['src/lang/promql/']
export const SERIES = ['src/metrics/']
