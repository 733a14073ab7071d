// The laws of metric providers: every member must pass them, those that make objects and those that ask. A member says
// how the world looks once a measurement of it has come to its end.
import { describe, expect, test } from 'vitest'
import type { AnalysisRun, Measurement } from '../api/analysis.ts'
import type { Metric } from '../api/metric.ts'
import { refKey, refOf } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Write } from '../kube/write.ts'
import { deepFreeze } from '../std/deep-freeze.suite.ts'
import { isOver } from './phases.ts'
import type { Measured } from './provider.ts'
import type { BoundProvider, ProviderEntry } from './registry.ts'
import type { AnalysisSnapshot } from './snapshot.ts'

export interface ProviderMember {
  readonly entry: ProviderEntry
  readonly metric: Metric
  /** The world once what was begun has come to that end. */
  ended(snapshot: AnalysisSnapshot, begun: Measured, how: 'Successful' | 'Failed'): AnalysisSnapshot
}

export const NOW = Date.UTC(2026, 7, 1, 12)

const run: AnalysisRun = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisRun',
  metadata: { name: 'demo', namespace: 'shop', uid: '48379c3f-eb4a-433d-8033-b341b389f6de' },
  spec: { metrics: [] },
}

const needed = (...measurements: readonly Measurement[]) => ({ measurements, next: [] })

/** The objects after the writes, as the cache would show them. */
export function objectsAfter(writes: readonly Write[], made: readonly KubeObject[]): readonly KubeObject[] {
  return writes.reduce((objects, write) => {
    if (write.verb === 'create') return [...objects, write.object]
    if (write.verb !== 'delete') return objects
    const { kind } = write.target
    return objects.filter(one => refKey(refOf(kind, one)) !== refKey(write.target))
  }, made)
}

export function providerLaws({ entry, metric, ended }: ProviderMember): void {
  const provider = entry.bind(metric, { metric, args: [] })
  const fresh: AnalysisSnapshot = { now: NOW, run, made: [], answers: {}, open: [], refused: {} }
  const place = (snapshot: AnalysisSnapshot) => ({ snapshot, metric: metric.name, n: 1 })
  const begun = provider.begin(place(fresh))
  const world: AnalysisSnapshot = { ...fresh, made: objectsAfter(begun.writes ?? [], []) }
  /** One pass further: what is recorded is looked at, what is not is begun. */
  const next = (snapshot: AnalysisSnapshot, one: BoundProvider = provider) =>
    begun.measurement === undefined
      ? one.begin(place(snapshot))
      : one.look(place(snapshot), begun.measurement)

  describe(`the laws of a metric provider: ${entry.field}`, () => {
    test('what it begins is under way, or asked', () => {
      expect(isOver(begun.measurement?.phase)).toBe(false)
      expect(begun.measurement !== undefined || (begun.questions ?? []).length > 0).toBe(true)
    })

    test('the same snapshot gives the same, and so does a frozen copy of it', () => {
      const copy = deepFreeze(structuredClone(fresh))
      expect(provider.begin(place(copy))).toEqual(begun)
      expect(next(deepFreeze(structuredClone(world)))).toEqual(next(world))
    })

    test('what is under way is not begun twice', () => {
      expect(next(world).writes ?? []).toEqual([])
      expect(provider.begin(place(world)).writes ?? []).toEqual([])
      expect(next(world).measurement).toBeUndefined()
    })

    test.each(['Successful', 'Failed'] as const)('what has ended %s is such a measurement', how => {
      const { measurement } = next(ended(world, begun, how))
      expect(measurement).toMatchObject({ phase: how })
      expect(measurement?.startedAt).toBeDefined()
      expect(measurement?.finishedAt).toBeDefined()
    })

    test.each(['Successful', 'Failed'] as const)(
      'what has ended %s counts although the run is to end',
      how => {
        const { measurement, writes = [] } = provider.stop(place(ended(world, begun, how)), begun.measurement)
        expect(measurement).toMatchObject({ phase: how })
        expect(writes).toEqual([])
      },
    )

    test('a run that is to end leaves nothing under way, and nothing that it made', () => {
      const { measurement, questions = [] } = provider.stop(place(world), begun.measurement)
      if (begun.measurement !== undefined) expect(isOver(measurement?.phase)).toBe(true)
      expect(questions).toEqual([])
      const kept = measurement === undefined ? [] : [measurement]
      expect(objectsAfter(entry.leftOver(world, needed(...kept)), world.made)).toEqual([])
    })

    test('nothing of a measurement that is forgotten is left', () => {
      const over = ended(world, begun, 'Successful')
      const measurement = next(over).measurement as Measurement
      expect(entry.leftOver(over, needed(measurement))).toEqual([])
      expect(objectsAfter(entry.leftOver(over, needed()), over.made)).toEqual([])
    })

    test('nothing of a measurement that is under way is left over', () => {
      const kept = begun.measurement === undefined ? [] : [begun.measurement]
      expect(entry.leftOver(world, needed(...kept))).toEqual([])
    })

    test('it makes only what it says that it makes', () => {
      const kinds = entry.makes.map(one => one.kind.kind)
      for (const write of begun.writes ?? []) {
        expect(write.verb === 'create' ? kinds : []).toContain(write.verb === 'create' && write.object.kind)
      }
    })
  })
}
