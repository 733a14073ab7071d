// `spec.strategy`: blue/green or canary, and all that each can be told.
import { rolloutAnalysis, rolloutAnalysisBackground } from './analysis.ts'
import { metadataMaps } from './metadata.ts'
import type { Infer } from './schema.ts'
import { boolean, described, int32, intOrString, list, object, required, string, word } from './schema.ts'
import { canaryStep } from './steps.ts'
import { trafficRouting } from './traffic.ts'

const antiAffinity = object(
  'Keep pods of the new version away from nodes with pods of the old one: one of the two.',
  {
    preferredDuringSchedulingIgnoredDuringExecution: object('If possible.', {
      weight: required(int32('How much it counts.', { min: 1, max: 100 })),
    }),
    requiredDuringSchedulingIgnoredDuringExecution: object('Always.', {}),
  },
)

const blueGreen = object('Two full sets of pods; the active Service switches from one to the other.', {
  activeService: required(string('The Service that users reach.')),
  previewService: string('The Service that reaches the new version before the switch.'),
  previewReplicaCount: int32('Pods of the new version until the switch is allowed; all when left out.', {
    min: 0,
  }),
  autoPromotionEnabled: boolean('Whether the switch comes by itself.', { default: true }),
  autoPromotionSeconds: int32('Seconds to wait before it comes by itself.', { default: 0, min: 0 }),
  maxUnavailable: intOrString('Pods that a restart may take at once.', { default: '25%' }),
  scaleDownDelaySeconds: int32('Seconds that the old pods live on after the switch.', {
    default: 30,
    min: 0,
  }),
  scaleDownDelayRevisionLimit: int32('How many old revisions may live on.', { min: 0 }),
  abortScaleDownDelaySeconds: int32('Seconds that the new pods live on after an abort; 0: for ever.', {
    default: 30,
    min: 0,
  }),
  prePromotionAnalysis: described('An analysis that must succeed before the switch.', rolloutAnalysis),
  postPromotionAnalysis: described(
    'An analysis that must succeed after the switch, or it is undone.',
    rolloutAnalysis,
  ),
  antiAffinity,
  previewMetadata: metadataMaps('Labels and annotations of pods while they are the preview.'),
  activeMetadata: metadataMaps('Labels and annotations of pods while they are active.'),
})

const pingPong = object('Two Services that take turns at being stable.', {
  pingService: required(string('The one.')),
  pongService: required(string('The other.')),
})

const replicaProgressThreshold = object('How many available canary pods are enough to go on.', {
  type: required(word('What `value` is.', ['Percent', 'Pods'])),
  value: required(int32('A share of the wanted pods, or a number of pods.', { min: 0 })),
})

const canary = object('The new version gets its share step by step.', {
  canaryService: string('The Service of the canary pods.'),
  stableService: string('The Service of the stable pods.'),
  steps: list('What to do, in order. Without steps: a rolling update.', canaryStep),
  trafficRouting,
  maxSurge: intOrString('Pods above `spec.replicas` during an update.', { default: '25%' }),
  maxUnavailable: intOrString('Pods that may be missing during an update.', { default: '25%' }),
  analysis: described('An analysis that runs beside the steps.', rolloutAnalysisBackground),
  antiAffinity,
  canaryMetadata: metadataMaps('Labels and annotations of pods while they are the canary.'),
  stableMetadata: metadataMaps('Labels and annotations of pods while they are stable.'),
  scaleDownDelaySeconds: int32('Seconds that the old pods live on after the update (with trafficRouting).', {
    default: 30,
    min: 0,
  }),
  scaleDownDelayRevisionLimit: int32('How many old revisions may live on.', { min: 0 }),
  abortScaleDownDelaySeconds: int32(
    'Seconds that the canary pods live on after an abort (with trafficRouting).',
    {
      default: 30,
      min: 0,
    },
  ),
  dynamicStableScale: boolean('Whether stable pods go as their share goes (with trafficRouting).', {
    default: false,
  }),
  pingPong,
  minPodsPerReplicaSet: int32('Fewest pods of each side, if it has any (with trafficRouting).', {
    default: 1,
    min: 1,
  }),
  replicaProgressThreshold,
})

export const strategy = object('How to update: exactly one of the two.', { blueGreen, canary })

export const BLUE_GREEN = blueGreen.fields
export const CANARY = canary.fields

export type AntiAffinity = Infer<typeof antiAffinity>
export type BlueGreenStrategy = Infer<typeof blueGreen>
export type PingPong = Infer<typeof pingPong>
export type ReplicaProgressThreshold = Infer<typeof replicaProgressThreshold>
export type CanaryStrategy = Infer<typeof canary>
