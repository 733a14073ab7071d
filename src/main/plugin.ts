// `kubectl-argo-rollouts`: kubectl runs it as `kubectl argo rollouts` when it is on the PATH.
import { watchPipes } from './pipes.ts'
import { rollouts } from './rollouts.ts'

watchPipes()
void rollouts(process.argv.slice(2), 'kubectl argo rollouts').then(status => process.exit(status))
