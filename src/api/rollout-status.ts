// `status` of a Rollout. Users and the command line write parts of it too: abort, promoteFull, pauseConditions,
// currentStepIndex are how one speaks to the controller.
import { analysisPhase } from './analysis.ts'
import { condition } from './condition.ts'
import type { Infer } from './schema.ts'
import {
  boolean,
  described,
  int32,
  int64,
  list,
  object,
  raw,
  required,
  string,
  time,
  word,
} from './schema.ts'

const pauseReason = word('Why the controller paused.', [
  'CanaryPauseStep',
  'BlueGreenPause',
  'InconclusiveAnalysisRun',
  'InconclusiveExperiment',
])

const pauseCondition = object('A pause by the controller.', {
  reason: required(pauseReason),
  startTime: required(time('When it began.')),
})

const rolloutCondition = condition([
  'InvalidSpec',
  'Available',
  'Progressing',
  'ReplicaFailure',
  'Paused',
  'Completed',
  'Healthy',
  'WriteRefused',
  'RouteContested',
  'IngressClassNotListed',
])

const runStatus = object('An AnalysisRun of this update.', {
  name: required(string('Name of the AnalysisRun.')),
  status: required(analysisPhase),
  message: string('Why it stands so.'),
})

const destination = object('Where a share of the traffic goes.', {
  weight: required(int32('The share.')),
  serviceName: string('The Service.'),
  podTemplateHash: string('The hash of the pods.'),
})

const weights = object('The weights that were last given to the routers.', {
  canary: required(described('The canary.', destination)),
  stable: required(described('The stable version.', destination)),
  additional: list('Templates of a running experiment.', destination),
  verified: boolean('Whether the load balancer acts on them; absent where nobody can tell.'),
})

const stepPluginStatus = object('How a plug-in step stands.', {
  index: required(int32('Which step.')),
  name: required(string('Name of the plug-in.')),
  operation: required(word('What it was asked to do.', ['Run', 'Terminate', 'Abort'])),
  phase: word('Where it stands.', ['Running', 'Successful', 'Failed', 'Error']),
  message: string('Why it stands so.'),
  startedAt: time('When it began.'),
  updatedAt: time('When it was last called.'),
  finishedAt: time('When it ended.'),
  backoff: string('How long to wait before the next call.'),
  executions: int32('How often it was called.'),
  disabled: boolean('Whether it is switched off.'),
  status: raw('What the plug-in remembers.'),
})

const canaryStatus = object('What only canary updates have.', {
  currentStepAnalysisRunStatus: described('The analysis of the current step.', runStatus),
  currentBackgroundAnalysisRunStatus: described('The analysis beside the steps.', runStatus),
  currentExperiment: string('The running experiment.'),
  weights,
  stablePingPong: word('Which of the two Services is stable.', ['ping', 'pong']),
  stepPluginStatuses: list('How plug-in steps stand.', stepPluginStatus),
})

const blueGreenStatus = object('What only blue/green updates have.', {
  previewSelector: string('The hash that the preview Service selects.'),
  activeSelector: string('The hash that the active Service selects.'),
  scaleUpPreviewCheckPoint: boolean('Whether the preview may grow to its full size.'),
  prePromotionAnalysisRunStatus: described('The analysis before the switch.', runStatus),
  postPromotionAnalysisRunStatus: described('The analysis after the switch.', runStatus),
})

const awsResource = object('A resource of AWS.', {
  name: required(string('Its name.')),
  arn: required(string('Its ARN.')),
  fullName: string('Its full name.'),
})

const albStatus = object('A load balancer whose weights were verified.', {
  loadBalancer: awsResource,
  canaryTargetGroup: awsResource,
  stableTargetGroup: awsResource,
  ingress: string('The Ingress it belongs to.'),
})

const duration = object('How long the latest update took.', {
  rolloutStartedAt: time('When it began.'),
  manualPauseStartedAt: time('When the present wait for a person began.'),
  totalManualPauseDurationSeconds: int64('Seconds that it waited for people.'),
  finishedAt: time('When it ended.'),
  completionStatus: word('How it ended.', [
    'Promoted',
    'FastPromoted',
    'Aborted',
    'Superseded',
    'RolledBack',
    'FastRolledBack',
  ]),
})

export const rolloutStatus = object('How the Rollout stands.', {
  abort: boolean('Whether the update is to be given up. Users may set it.'),
  abortedAt: time('When the controller saw the abort.'),
  pauseConditions: list('Why the controller paused. Users resume by clearing it.', pauseCondition),
  controllerPause: boolean('Whether the controller has paused; with no pauseConditions: somebody resumed.'),
  currentPodHash: string('The hash of the present pod template.'),
  currentStepHash: string('The hash of the present steps.'),
  currentStepIndex: int32('The step in progress, counted from 0; the number of steps when all are done.'),
  replicas: int32('Pods of all revisions.'),
  updatedReplicas: int32('Pods of the present revision.'),
  readyReplicas: int32('Ready pods.'),
  availableReplicas: int32('Available pods.'),
  HPAReplicas: int32('Pods that an autoscaler should count.'),
  selector: string('Selects the pods that an autoscaler should count.'),
  collisionCount: int32('How often the name of a ReplicaSet was taken.'),
  observedGeneration: string('The generation that this status speaks of.'),
  conditions: list('Conditions.', rolloutCondition),
  canary: canaryStatus,
  blueGreen: blueGreenStatus,
  stableRS: string('The hash of the revision that was last promoted.'),
  restartedAt: time('The restart that was last completed.'),
  promoteFull: boolean('Whether to skip all that is left. Users may set it.'),
  phase: word('Where it stands.', ['Healthy', 'Degraded', 'Progressing', 'Paused']),
  message: string('Why it stands so.'),
  workloadObservedGeneration: string('The generation of the referenced workload that this status speaks of.'),
  alb: described('The last of `albs`.', albStatus),
  albs: list('The load balancers whose weights were verified.', albStatus),
  duration,
})

export type PauseReason = Infer<typeof pauseReason>
export type PauseCondition = Infer<typeof pauseCondition>
export type RolloutCondition = Infer<typeof rolloutCondition>
export type RolloutConditionType = RolloutCondition['type']
export type RolloutAnalysisRunStatus = Infer<typeof runStatus>
export type TrafficWeights = Infer<typeof weights>
export type CanaryStatus = Infer<typeof canaryStatus>
export type BlueGreenStatus = Infer<typeof blueGreenStatus>
export type DurationStatus = Infer<typeof duration>
export type CompletionStatus = NonNullable<DurationStatus['completionStatus']>
export type RolloutStatus = Infer<typeof rolloutStatus>
export type RolloutPhase = NonNullable<RolloutStatus['phase']>
