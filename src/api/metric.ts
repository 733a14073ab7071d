// One metric of an analysis: when to measure, how to judge, and the settings of each provider.
import type { Job } from '../kube/apps.ts'
import type { Infer } from './schema.ts'
import { metadataMaps } from './metadata.ts'
import {
  boolean,
  intOrString,
  int64,
  kubernetes,
  list,
  map,
  object,
  raw,
  required,
  string,
  word,
} from './schema.ts'

const duration = (doc: string, more = {}) =>
  string(`${doc} A duration such as \`30s\`, \`5m\` or \`1h\`.`, more)

const header = object('A request header.', {
  key: required(string('Name of the header.')),
  value: required(string('Its value.')),
})

const oauth2 = object('OAuth2 client credentials. Active when `tokenUrl` is set.', {
  tokenUrl: string('Where tokens are had.'),
  clientId: string('The client.'),
  clientSecret: string('Its secret; write it as an argument that comes from a Secret.'),
  scopes: list('Scopes to ask for.', string('A scope.')),
})

const sigv4 = object('AWS Signature Version 4, for Amazon Managed Prometheus.', {
  region: string('The AWS region.'),
  profile: string('The profile of the AWS configuration.'),
  roleArn: string('The role to assume.'),
})

const basicAuth = object('HTTP basic authentication.', {
  username: string('The user.'),
  password: string('The password; write it as an argument that comes from a Secret.'),
})

const authentication = object('How to authenticate.', { basicAuth, oauth2, sigv4 })

const prometheus = object('A PromQL query.', {
  address: string(
    'Address of the server; `ARGO_ROLLOUTS_PROMETHEUS_ADDRESS` of the controller when left out.',
  ),
  query: string('The PromQL query.'),
  authentication,
  timeout: int64('Seconds to wait for the answer.', { default: 30, min: 1 }),
  insecure: boolean('Whether to accept any certificate.', { default: false }),
  headers: list('Headers of the request.', header),
  rangeQuery: object('Ask for a range of time in place of a moment.', {
    start: string('Expression for its start, such as `now() - duration("1h")`.'),
    end: string('Expression for its end, such as `now()`.'),
    step: string('The step between samples, such as `1m`.'),
  }),
})

const web = object('The answer of a web server.', {
  url: required(string('Where to ask.')),
  method: word('The method of the request.', ['GET', 'POST', 'PUT'], { default: 'GET' }),
  headers: list('Headers of the request.', header),
  body: string('Body of the request (not with GET).'),
  jsonBody: raw('Body of the request as JSON (not with GET).'),
  timeoutSeconds: int64('Seconds to wait for the answer.', { default: 10, min: 1 }),
  jsonPath: string("Which part of the JSON answer counts, in kubectl's JSONPath.", { default: '{$}' }),
  insecure: boolean('Whether to accept any certificate.', { default: false }),
  authentication,
})

const job = object('A Job: the measurement is Successful when it completes, Failed when it fails.', {
  metadata: metadataMaps('Labels and annotations of the Job.'),
  spec: required(kubernetes<Job['spec']>('The Job to run.', 'JobSpec')),
})

const datadog = object('A Datadog query.', {
  interval: duration('The window of time to ask for.', { default: '5m', stored: '5m' }),
  query: string('The query; or write `queries`.'),
  queries: map('Named queries (API v2), joined by `formula`.', string('A query.')),
  formula: string('What to compute of the named queries.'),
  apiVersion: word('Version of the Datadog API.', ['v1', 'v2'], {
    default: 'v1',
    stored: 'v1',
    checked: true,
  }),
  aggregator: word(
    'How a series becomes one number (API v2).',
    ['avg', 'min', 'max', 'sum', 'last', 'percentile', 'mean', 'l2norm', 'area'],
    { default: 'last', checked: true },
  ),
  secretRef: object("The Secret with the keys; `datadog` in the controller's namespace when left out.", {
    name: string('Name of the Secret.'),
    namespaced: boolean('Whether it is in the namespace of the AnalysisRun.', { default: false }),
  }),
  requestTimeout: duration('How long to wait for the answer.', { default: '10s' }),
})

const wavefront = object('A Wavefront query.', {
  address: string('Address of the server.'),
  query: string('The query.'),
})

const newRelic = object('A New Relic query.', {
  profile: string('The Secret with account and key.', { default: 'newrelic' }),
  query: required(string('The NRQL query.')),
  timeout: int64('Seconds to wait for the answer.', { default: 5, min: 1 }),
})

const metricStat = object('A metric of CloudWatch.', {
  metric: object('Which metric.', {
    dimensions: list(
      'Its dimensions.',
      object('A dimension.', { name: string('Its name.'), value: string('Its value.') }),
    ),
    metricName: string('Its name.'),
    namespace: string('Its namespace.'),
  }),
  period: intOrString('Seconds of one data point.'),
  stat: string('The statistic, such as `Average`.'),
  unit: string('The unit.'),
})

const cloudWatch = object('Data of Amazon CloudWatch.', {
  interval: duration('The window of time to ask for.', { default: '5m' }),
  metricDataQueries: required(
    list(
      'The queries of one GetMetricData call.',
      object('A query.', {
        id: string('Its id.'),
        expression: string('A metric math expression, in place of `metricStat`.'),
        label: string('A label for people.'),
        metricStat,
        period: intOrString('Seconds of one data point.'),
        returnData: boolean('Whether its data is part of the result.', { default: true }),
      }),
    ),
  ),
})

const graphite = object('A Graphite query.', {
  address: string('Address of the server.'),
  query: string('The query, with its `from=…`.'),
})

const influxdb = object('An InfluxDB query.', {
  profile: string('The Secret with address, organisation and token.', { default: 'influxdb' }),
  query: string('The Flux query.'),
})

const skywalking = object('A SkyWalking query.', {
  address: string('Address of the server.'),
  query: string('The GraphQL query.'),
  interval: duration('The window of time to ask for.'),
})

const kayentaScope = object('Where one side of the comparison is measured.', {
  scope: required(string('The scope.')),
  region: required(string('The location.')),
  step: required(int64('Seconds of one data point.')),
  start: string('Start, as RFC 3339.'),
  end: string('End, as RFC 3339.'),
})

const kayenta = object('A canary judgement by Spinnaker Kayenta.', {
  address: required(string('Address of the server.')),
  application: required(string('The application.')),
  canaryConfigName: required(string('Name of the canary configuration.')),
  metricsAccountName: required(string('The metrics account.')),
  configurationAccountName: required(string('The configuration account.')),
  storageAccountName: required(string('The storage account.')),
  threshold: required(
    object('Which score means what.', {
      pass: required(int64('At least this: Successful.')),
      marginal: required(int64('At least this: Inconclusive. Less: Failed.')),
    }),
  ),
  scopes: required(
    list(
      'What to compare.',
      object('A pair of scopes.', {
        name: required(string('Its name.')),
        controlScope: required(kayentaScope),
        experimentScope: required(kayentaScope),
      }),
    ),
  ),
  lookback: boolean('Whether to measure from the start of the run.', { default: false }),
})

const metricProvider = object('Exactly one provider.', {
  prometheus,
  kayenta,
  web,
  datadog,
  wavefront,
  newRelic,
  job,
  cloudWatch,
  graphite,
  influxdb,
  skywalking,
  plugin: raw('Settings of a provider plug-in, by the name of the plug-in.'),
})

export const metric = object('One metric of an analysis.', {
  name: required(string('Its name, unique in the run.')),
  interval: duration('Time between measurements. Without it there is one measurement.'),
  initialDelay: duration('Time between the start of the run and the first measurement.'),
  count: intOrString(
    'How many measurements. With an interval and no count the metric never ends by itself.',
    {
      min: 0,
    },
  ),
  successCondition: string('Expression over `result` that says when a measurement is Successful.'),
  failureCondition: string('Expression over `result` that says when a measurement is Failed.'),
  failureLimit: intOrString('How many failed measurements are tolerated; -1: any number.', {
    default: 0,
    min: -1,
  }),
  inconclusiveLimit: intOrString('How many inconclusive measurements are tolerated.', { default: 0, min: 0 }),
  consecutiveErrorLimit: intOrString('How many errors in a row are tolerated.', { default: 4, min: 0 }),
  consecutiveSuccessLimit: intOrString(
    'After how many successes in a row the metric is Successful; 0: off.',
    {
      default: 0,
      min: 0,
    },
  ),
  provider: required(metricProvider),
})

export type JobMetric = Infer<typeof job>
export type Metric = Infer<typeof metric>
