// A metric as Go's structs print it: the text in which arguments are filled in, and how a Rollout's run stores it.
import { goPrinter, KUBERNETES_TYPES } from '../kube/go-print.ts'
import type { GoField, GoTypes } from '../kube/go-print.ts'
import type { Metric } from './metric.ts'

const NUMBER_OR_TEXT = 'apimachinery.pkg.util.intstr.IntOrString'
const RAW = 'apimachinery.pkg.runtime.RawExtension'

/** `name:type:flags`, the flags those of go-print.ts; a text that may be empty without more. */
function struct(...fields: readonly string[]): readonly GoField[] {
  return fields.map((field, i): GoField => {
    const [name = '', type = 'string', flags = 'e'] = field.split(':')
    return [name, type === '' ? 'string' : type, i + 1, flags === '-' ? '' : flags]
  })
}

const texts = (...names: readonly string[]) => names.map(name => `${name}:string:-`)

const METRIC_TYPES: GoTypes = {
  Metric: struct(
    'name:string:-',
    'interval',
    'initialDelay',
    `count:${NUMBER_OR_TEXT}:pe`,
    'successCondition',
    'failureCondition',
    `failureLimit:${NUMBER_OR_TEXT}:pe`,
    `inconclusiveLimit:${NUMBER_OR_TEXT}:pe`,
    `consecutiveErrorLimit:${NUMBER_OR_TEXT}:pe`,
    'provider:Provider:-',
    `consecutiveSuccessLimit:${NUMBER_OR_TEXT}:pe`,
  ),
  Provider: struct(
    'prometheus:Prometheus:pe',
    'kayenta:Kayenta:pe',
    'web:Web:pe',
    'datadog:Datadog:pe',
    'wavefront:Query:pe',
    'newRelic:NewRelic:pe',
    'job:Job:pe',
    'cloudWatch:CloudWatch:pe',
    'graphite:Query:pe',
    'influxdb:Influx:pe',
    'skywalking:SkyWalking:pe',
    `plugin:${RAW}:me`,
  ),
  Prometheus: struct(
    'address',
    'query',
    'authentication:Authentication:-',
    'timeout:int64:pe',
    'insecure:bool:e',
    'headers:Header:re',
    'rangeQuery:RangeQuery:pe',
  ),
  RangeQuery: struct('start', 'end', 'step'),
  Web: struct(
    'method',
    'url:string:-',
    'headers:Header:re',
    'body',
    'timeoutSeconds:int64:e',
    'jsonPath',
    'insecure:bool:e',
    `jsonBody:${RAW}:pe`,
    'authentication:Authentication:-',
  ),
  Header: struct(...texts('key', 'value')),
  Authentication: struct('sigv4:SigV4:-', 'oauth2:OAuth2:-', 'basicAuth:BasicAuth:-'),
  SigV4: struct('region', 'profile', 'roleArn'),
  OAuth2: struct('tokenUrl', 'clientId', 'clientSecret', 'scopes:string:re'),
  BasicAuth: struct('username', 'password'),
  Job: struct('metadata:JobMetadata:-', 'spec:api.batch.v1.JobSpec:-'),
  JobMetadata: struct('labels:string:me', 'annotations:string:me'),
  Datadog: struct(
    'interval',
    'query',
    'queries:string:me',
    'formula',
    'apiVersion',
    'aggregator',
    'secretRef:SecretRef:-',
    'requestTimeout',
  ),
  SecretRef: struct('name', 'namespaced:bool:e'),
  Query: struct('address', 'query'),
  NewRelic: struct('profile', 'query:string:-', 'timeout:int64:pe'),
  Influx: struct('profile', 'query'),
  SkyWalking: struct('address', 'query', 'interval'),
  CloudWatch: struct('interval', 'metricDataQueries:DataQuery:r'),
  DataQuery: struct(
    'id',
    'expression:string:pe',
    'label:string:pe',
    'metricStat:MetricStat:pe',
    `period:${NUMBER_OR_TEXT}:pe`,
    'returnData:bool:pe',
  ),
  MetricStat: struct('metric:CloudMetric:-', `period:${NUMBER_OR_TEXT}:-`, 'stat', 'unit'),
  CloudMetric: struct('dimensions:Dimension:re', 'metricName', 'namespace:string:pe'),
  Dimension: struct('name', 'value'),
  Kayenta: struct(
    ...texts('address', 'application', 'canaryConfigName', 'metricsAccountName', 'configurationAccountName'),
    ...texts('storageAccountName'),
    'threshold:Threshold:-',
    'scopes:ScopePair:r',
    'lookback:bool:e',
  ),
  Threshold: struct('pass:int64:-', 'marginal:int64:-'),
  ScopePair: struct('name:string:-', 'controlScope:Scope:-', 'experimentScope:Scope:-'),
  Scope: struct(...texts('scope', 'region'), 'step:int64:-', 'start', 'end'),
}

const print = goPrinter({ ...KUBERNETES_TYPES, ...METRIC_TYPES })

export function goMetric(metric: Metric): string {
  return print('Metric', metric)
}
