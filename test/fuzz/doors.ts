// All doors; a new one is its file and a line here.
import type { Door } from './door.ts'
import { apiBodies } from './doors/api-bodies.ts'
import { cliOutput } from './doors/cli-output.ts'
import { crdRules } from './doors/crd-rules.ts'
import { gatewayAnswer } from './doors/gateway-answer.ts'
import { gatewayRequest } from './doors/gateway-request.ts'
import { kubeconfig } from './doors/kubeconfig.ts'
import { routePatterns } from './doors/route-patterns.ts'
import { storedFiles } from './doors/stored-files.ts'

// What is sent is each door's own affair.
// oxlint-disable-next-line typescript/no-explicit-any
export const DOORS: readonly Door<any>[] = [
  gatewayRequest,
  gatewayAnswer,
  routePatterns,
  apiBodies,
  crdRules,
  storedFiles,
  kubeconfig,
  cliOutput,
]
