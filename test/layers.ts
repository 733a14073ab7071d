// The import table of docs/ARCHITECTURE.md, as data: who may import whom. Read by tidy.test.ts.

export interface Layer {
  /** Folders under src/ that this one may import, besides itself. A path with a file names only that file. */
  readonly imports: readonly string[]
  /** Pure: no async, no clock, no randomness, no node modules, no catch. */
  readonly pure?: true
}

const domain = ['api', 'workload', 'traffic', 'analysis', 'rollout', 'experiment', 'view']
const below = ['std', 'lang', 'kube', ...domain, 'doors', 'runtime', 'metrics', 'notify']

export const LAYERS: Readonly<Record<string, Layer>> = {
  std: { imports: [], pure: true },
  lang: { imports: ['std'], pure: true },
  kube: { imports: ['std'], pure: true },
  api: { imports: ['std', 'kube'], pure: true },
  workload: { imports: ['std', 'kube', 'api'], pure: true },
  traffic: { imports: ['std', 'kube', 'api'], pure: true },
  analysis: { imports: ['std', 'lang', 'kube', 'api', 'workload'], pure: true },
  rollout: { imports: ['std', 'kube', 'api', 'workload', 'traffic', 'analysis/make-run.ts'], pure: true },
  experiment: { imports: ['std', 'kube', 'api', 'workload', 'analysis/make-run.ts'], pure: true },
  view: { imports: ['std', 'kube', 'api', 'workload', 'rollout/steps.ts', 'rollout/phase.ts'], pure: true },
  doors: { imports: ['std'] },
  runtime: { imports: ['std', 'doors', 'kube'] },
  metrics: { imports: ['std', 'lang', 'doors', 'kube', 'api'] },
  notify: { imports: ['std', 'lang', 'doors', 'kube', 'api'] },
  controller: { imports: below },
  gateway: { imports: ['std', 'doors', 'kube', 'api', 'runtime'] },
  cluster: { imports: ['std', 'lang', 'doors', 'kube', 'api', 'workload', 'runtime'] },
  sim: {
    imports: [
      ...below,
      'controller',
      'cluster/storage',
      'cluster/schema',
      'cluster/resources',
      'cluster/controllers',
      'cluster/kubelet/stages.ts',
      'cluster/kubelet/images.ts',
      'cluster/kubelet/simulated-pods.ts',
      'cluster/serve/in-process.ts',
    ],
  },
  cli: { imports: [...below, 'sim'] },
  dashboard: { imports: [...below, 'cli/act', 'cli/perform.ts', 'cli/command.ts', 'cli/get/parts.ts'] },
  main: { imports: [...below, 'controller', 'gateway', 'cluster', 'sim', 'cli', 'dashboard'] },
}

/** The walls inside src/cluster: room → rooms that it may import. Folders outside cluster follow LAYERS. */
export const CLUSTER_ROOMS: Readonly<Record<string, readonly string[]>> = {
  storage: [],
  schema: [],
  resources: ['storage', 'schema'],
  describe: ['resources', 'schema'],
  serve: ['describe', 'resources', 'schema'],
  controllers: [],
  kubelet: [],
  demo: ['kubelet'],
}

/** Rooms of plug-ins → the one file of their folder that may import them: the rest does not know them by name. */
export const PLUGIN_ROOMS: Readonly<Record<string, string>> = {
  'analysis/providers': 'analysis/registry.ts',
}

/** What comes from outside: package or module of Node's → the folders and files of src/ that may import it. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@aws-sdk/credential-providers': ['metrics/prometheus/aws-credentials.ts'],
  '@marcbachmann/cel-js': ['cluster/schema/cel'],
  '@peculiar/x509': ['cluster/serve/certificates.ts'],
  '@smithy/signature-v4': ['metrics/prometheus/sigv4.ts'],
  commander: ['cli/program.ts', 'cli/complaint.ts', 'main/crossfade.ts'],
  'fs-native-extensions': ['main/folder-lock.ts'],
  'js-yaml': ['doors/yaml.ts'],
  lmdb: ['cluster/storage/lmdb.ts'],
  'moment-timezone': ['lang/expression/times/zone.ts'],
  pino: ['doors/log.ts'],
  'prom-client': ['runtime/telemetry.ts'],
  re2js: ['std/regex.ts'],
  'reflect-metadata': ['cluster/serve/certificates.ts'],
  undici: ['gateway/upstream.ts', 'gateway/mirroring.ts'],
  '@preact/signals': ['dashboard/page'],
  preact: ['dashboard/page'],
  uplot: ['dashboard/page'],
  'node:child_process': ['runtime', 'main'],
  'node:crypto': [
    'runtime',
    'cluster/serve',
    'dashboard/sessions.ts',
    'gateway/sessions.ts',
    'metrics/prometheus/sigv4.ts',
  ],
  'node:dns': ['doors/outgoing/connect.ts'],
  'node:events': ['gateway', 'cluster/serve', 'cluster/demo', 'dashboard/server.ts'],
  'node:fs': ['runtime', 'cluster/serve', 'cluster/storage', 'cli/access.ts', 'main'],
  'node:http': ['doors', 'runtime', 'gateway', 'cluster/serve', 'cluster/demo', 'dashboard', 'main/demo.ts'],
  'node:https': ['doors', 'cluster/serve/server.ts'],
  'node:module': ['main/bootstrap.mjs', 'main/folder-lock.ts'],
  'node:net': ['doors', 'runtime', 'cluster/serve', 'cluster/schema', 'cluster/resources/kinds'],
  'node:os': ['runtime', 'main'],
  'node:path': ['runtime', 'cluster/serve', 'cluster/storage', 'main'],
  'node:stream': ['doors/outgoing', 'gateway', 'cluster/serve'],
  'node:tls': ['doors', 'cluster/serve/authentication.ts'],
  'node:url': ['main'],
  'node:v8': ['runtime'],
  'node:vm': ['main/plugin-loader.cjs'],
  'node:worker_threads': ['gateway', 'cluster/demo'],
  'node:zlib': ['cluster/storage/record.ts', 'doors/outgoing/wire.ts'],
}

/** Files of pure folders that may use one forbidden word, and why. */
export const PURITY_EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  'lang/expression/refusal.ts': ['catch'],
  'std/instant.ts': ['Date'],
  'std/json.ts': ['catch'],
  'std/regex.ts': ['catch'],
}
