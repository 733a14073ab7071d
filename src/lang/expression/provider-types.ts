// The Go types of what some providers measure, as conditions see them in the peer: rows of New Relic, CloudWatch's
// results.
import { ANY, FLOATS, STRING, mapType, namedType, pointerTo, sliceOf } from './go-types.ts'
import type { GoType } from './go-types.ts'
import { TIME } from './times/types-of-time.ts'

/** One row: a map with a name of its own. */
export const NEW_RELIC_ROW: GoType = { ...mapType(STRING, ANY), name: 'nrdb.NRDBResult', isNamed: true }

export const STATUS_CODE = namedType('string', 'types.StatusCode')
export const METRIC_DATA_RESULT = namedType('struct', 'types.MetricDataResult', {
  fields: new Map([
    ['Id', pointerTo(STRING)],
    ['Label', pointerTo(STRING)],
    ['Messages', sliceOf(namedType('struct', 'types.MessageData', { fields: new Map() }))],
    ['StatusCode', STATUS_CODE],
    ['Timestamps', sliceOf(TIME)],
    ['Values', FLOATS],
  ]),
})
/** Where Go keeps its named types: a part of what `type()` says of them. */
export const PACKAGES: ReadonlyMap<GoType, string> = new Map([
  [NEW_RELIC_ROW, 'github.com/newrelic/newrelic-client-go/pkg/nrdb.NRDBResult'],
  [STATUS_CODE, 'github.com/aws/aws-sdk-go-v2/service/cloudwatch/types.StatusCode'],
  [METRIC_DATA_RESULT, 'github.com/aws/aws-sdk-go-v2/service/cloudwatch/types.MetricDataResult'],
])
