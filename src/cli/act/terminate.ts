// `terminate analysisrun`, `terminate experiment`: stop early what runs.
import { ANALYSIS_RUN, EXPERIMENT } from '../../kube/kinds.ts'
import { mergePatch, refTo } from './act.ts'
import type { Act, Named } from './act.ts'

const patch = { spec: { terminate: true } }

export function terminateAnalysisRun(of: Named): Act {
  return {
    writes: [mergePatch(refTo(ANALYSIS_RUN, of), { why: `terminate analysis run ${of.name}`, patch })],
    text: `analysisRun '${of.name}' terminated\n`,
  }
}

export function terminateExperiment(of: Named): Act {
  return {
    writes: [mergePatch(refTo(EXPERIMENT, of), { why: `terminate experiment ${of.name}`, patch })],
    text: `experiment '${of.name}' terminated\n`,
  }
}
