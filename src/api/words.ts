// The public vocabulary: labels and annotations, as users, autoscalers and GitOps tools know them from Argo Rollouts.
// Conditions are in condition-words.ts, Events in event-words.ts.

/** Label of ReplicaSets, pods, AnalysisRuns, Experiments; key in the selectors of Services: the revision's identity. */
export const POD_TEMPLATE_HASH = 'rollouts-pod-template-hash'

/** Annotations of Rollouts, ReplicaSets, AnalysisRuns and Experiments. */
export const REVISION = 'rollout.argoproj.io/revision'
/** ReplicaSet: revision numbers that it had before, with commas. */
export const REVISION_HISTORY = 'rollout.argoproj.io/revision-history'
/** ReplicaSet: `spec.replicas` of the Rollout when it was last scaled. */
export const DESIRED_REPLICAS = 'rollout.argoproj.io/desired-replicas'
/** Rollout: the generation of the referenced workload. */
export const WORKLOAD_GENERATION = 'rollout.argoproj.io/workload-generation'
/** ReplicaSet: the labels and annotations that were given to its pods, as JSON. */
export const EPHEMERAL_METADATA = 'rollout.argoproj.io/ephemeral-metadata'
/** ReplicaSet: what the template itself has under them, in the same form. Ours alone. */
export const ORIGINAL_METADATA = 'crossfade.dev/original-metadata'
/** Rollout: the routers that it has, or has had and not yet left, with their Services, as JSON. Ours alone. */
export const REMEMBERED_ROUTING = 'crossfade.dev/routing'
/** HTTPRoute: backends that were put in for an experiment; nothing else tells them from a user's. Ours alone. */
export const EXPERIMENT_BACKENDS = 'crossfade.dev/experiment-backends'
/** ReplicaSet: when it may be scaled down, as RFC 3339. Compat: it has no prefix. */
export const SCALE_DOWN_DEADLINE = 'scale-down-deadline'

/** Annotation of Services and DestinationRules: the Rollout that changes them. */
export const MANAGED_BY_ROLLOUTS = 'argo-rollouts.argoproj.io/managed-by-rollouts'
/** Annotation of Ingresses behind ALB: Rollout → the annotations that are its own, as JSON. */
export const MANAGED_ALB = 'rollouts.argoproj.io/managed-alb-annotations'
/** Label: the controller that an object belongs to, where there are several. */
export const INSTANCE_ID = 'argo-rollouts.argoproj.io/controller-instance-id'

/** Labels of AnalysisRuns: why a Rollout made them, and for which step. */
export const ROLLOUT_TYPE = 'rollout-type'
export const STEP_INDEX = 'step-index'
export type RolloutType = 'Step' | 'Background' | 'PrePromotion' | 'PostPromotion'

/** Annotations of an Experiment's ReplicaSets, AnalysisRuns and Services. */
export const EXPERIMENT_NAME = 'experiment.argoproj.io/name'
export const EXPERIMENT_TEMPLATE_NAME = 'experiment.argoproj.io/template-name'

/** Jobs of job metrics: annotations, and a label for finding them. */
export const JOB_RUN_NAME = 'analysisrun.argoproj.io/name'
export const JOB_RUN_NAMESPACE = 'analysisrun.argoproj.io/namespace'
export const JOB_METRIC_NAME = 'analysisrun.argoproj.io/metric-name'
export const JOB_RUN_UID = 'analysisrun.argoproj.io/uid'

/** Annotation of Rollouts: what was already delivered. */
const NOTIFIED = 'notified.notifications.argoproj.io'

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** Annotations of a Rollout that are not copied to its ReplicaSets. */
export const NOT_COPIED: readonly string[] = [
  LAST_APPLIED,
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  EPHEMERAL_METADATA,
  ORIGINAL_METADATA,
  REMEMBERED_ROUTING,
  NOTIFIED,
]

/** Headers of the gateway: through which Service a request came, and that it is the demo's own load. */
export const SERVICE_HEADER = 'x-crossfade-service'
export const LOAD_HEADER = 'x-crossfade-load'
