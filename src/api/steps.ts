// One entry of `spec.strategy.canary.steps`.
import { rolloutAnalysis } from './analysis.ts'
import { rolloutExperiment } from './experiment.ts'
import type { Infer } from './schema.ts'
import { boolean, described, int32, intOrString, list, map, object, raw, required, string } from './schema.ts'

const stringMatch = object('How a text is compared: exactly one of the three.', {
  exact: string('It is this.'),
  prefix: string('It begins with this.'),
  regex: string('It matches this regular expression.'),
})

const pause = object('Wait: for some time, or until somebody resumes.', {
  duration: intOrString('Seconds, or a duration such as `10m`. Without it: until resumed.', { min: 0 }),
})

const setCanaryScale = object('How many canary pods run, whatever the weight (with trafficRouting).', {
  weight: int32('Share of `spec.replicas`.', { min: 0, max: 100 }),
  replicas: int32('Number of pods.', { min: 0 }),
  matchTrafficWeight: boolean('Whether the pods follow the weight again.', { default: false }),
})

const headerMatch = object('A header to match.', {
  headerName: required(string('Name of the header.')),
  headerValue: required(described('What its value must be.', stringMatch)),
})

const setHeaderRoute = object('Send requests with some headers to the canary.', {
  name: string('Name of the route; it must be one of `managedRoutes`.'),
  match: list('The headers; without them the route is removed.', headerMatch),
})

const mirrorMatch = object('Which requests are mirrored: all that is said must match.', {
  method: described('The method.', stringMatch),
  path: described('The path.', stringMatch),
  headers: map('Headers by name.', stringMatch),
})

const setMirrorRoute = object('Send copies of some requests to the canary.', {
  name: required(string('Name of the route; it must be one of `managedRoutes`.')),
  match: list('Which requests; without it the route is removed.', mirrorMatch),
  percentage: int32('Share of these requests.', { default: 100, min: 0, max: 100 }),
})

const pluginStep = object('A step that a plug-in performs.', {
  name: required(string('Name of the plug-in.')),
  config: raw('Its settings.'),
})

export const STRING_MATCH = stringMatch
export const MIRROR_ROUTE = setMirrorRoute.fields

export const canaryStep = object('One step of an update.', {
  setWeight: int32('Share of the traffic (or of the pods, without trafficRouting) that the canary gets.', {
    min: 0,
    max: 100,
  }),
  pause,
  experiment: rolloutExperiment,
  analysis: rolloutAnalysis,
  setCanaryScale,
  setHeaderRoute,
  setMirrorRoute,
  plugin: pluginStep,
})

export type StringMatch = Infer<typeof stringMatch>
export type RolloutPause = Infer<typeof pause>
export type SetHeaderRoute = Infer<typeof setHeaderRoute>
export type SetMirrorRoute = Infer<typeof setMirrorRoute>
export type CanaryStep = Infer<typeof canaryStep>
