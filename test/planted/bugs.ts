// All bugs that `npm run planted` plants. A new one is a line in the file of its room.
import type { Bug } from './bug.ts'
import { BLUE_GREEN_BUGS } from './bugs/blue-green.ts'
import { BY_HAND_BUGS } from './bugs/by-hand.ts'
import { CANARY_BUGS } from './bugs/canary.ts'
import { DECISION_BUGS } from './bugs/decision.ts'
import { DEFINITION_BUGS } from './bugs/definitions.ts'
import { DOMAIN_BUGS } from './bugs/domain.ts'
import { DOOR_BUGS } from './bugs/doors.ts'
import { ROUTE_BUGS } from './bugs/routes.ts'
import { EXPERIMENT_BUGS } from './bugs/experiments.ts'
import { EXPRESSION_BUGS } from './bugs/expressions.ts'
import { LIVE_TRAFFIC_BUGS } from './bugs/live-traffic.ts'
import { MEASURING_BUGS } from './bugs/measuring.ts'
import { METRIC_BUGS } from './bugs/metrics.ts'
import { ORDER_BUGS } from './bugs/orders.ts'
import { ROUTER_BUGS } from './bugs/routers.ts'
import { RUNTIME_BUGS } from './bugs/runtime.ts'
import { STATUS_BUGS } from './bugs/status.ts'
import { SURROUNDING_BUGS } from './bugs/surroundings.ts'

export const BUGS: readonly Bug[] = [
  ...DECISION_BUGS,
  ...BLUE_GREEN_BUGS,
  ...CANARY_BUGS,
  ...BY_HAND_BUGS,
  ...STATUS_BUGS,
  ...DOMAIN_BUGS,
  ...EXPERIMENT_BUGS,
  ...EXPRESSION_BUGS,
  ...MEASURING_BUGS,
  ...RUNTIME_BUGS,
  ...SURROUNDING_BUGS,
  ...DOOR_BUGS,
  ...ROUTE_BUGS,
  ...LIVE_TRAFFIC_BUGS,
  ...ROUTER_BUGS,
  ...METRIC_BUGS,
  ...DEFINITION_BUGS,
  ...ORDER_BUGS,
]
