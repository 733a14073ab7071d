// The numbers about analyses that Prometheus reads.
import { expect, test } from 'vitest'
import { ANALYSIS_RUN, ANALYSIS_TEMPLATE } from '../kube/kinds.ts'
import { fromJson } from '../kube/object.ts'
import { createStore } from '../runtime/mirror/store.ts'
import { analysisSeries } from './analysis-series.ts'

test('each run has its phase, each metric its provider and its phase, each template its name', () => {
  const store = createStore()
  const metadata = { name: 'check', namespace: 'shop', resourceVersion: '1' }
  const metrics = [{ name: 'rate', provider: { prometheus: { query: 'up' } } }]
  store.put(
    ANALYSIS_RUN,
    fromJson({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata,
      spec: { metrics },
      status: { phase: 'Running', metricResults: [{ name: 'rate', phase: 'Failed', dryRun: true }] },
    }),
  )
  store.put(
    ANALYSIS_TEMPLATE,
    fromJson({ apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisTemplate', metadata, spec: { metrics } }),
  )
  const lines = analysisSeries(store).split('\n')
  const object = 'name="check",namespace="shop"'
  expect(lines).toEqual(
    expect.arrayContaining([
      `analysis_run_info{${object},phase="Running"} 1`,
      `analysis_run_phase{${object},phase="Failed"} 0`,
      `analysis_run_metric_type{${object},metric="rate",type="Prometheus"} 1`,
      `analysis_run_metric_phase{${object},metric="rate",type="Prometheus",dry_run="true",phase="Failed"} 1`,
      `analysis_run_metric_phase{${object},metric="rate",type="Prometheus",dry_run="true",phase="Running"} 0`,
      `analysis_template_info{${object}} 1`,
      `analysis_template_metric_info{${object},metric="rate",type="Prometheus"} 1`,
    ]),
  )
})
