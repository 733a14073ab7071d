// The verdict on one life against its recording: snapshots (all objects but pods), Events, and what commands
// printed.
import type { KubeObject } from '../../src/kube/object.ts'
import { differenceLine, differences } from './difference.ts'
import type { Difference } from './difference.ts'
import { eventDifferences } from './events.ts'
import { anonymous, compared, normalText, objectKey } from './normalise.ts'
import type { Normal, NormalObject } from './normalise.ts'
import { unsaidIn } from './on-purpose.ts'
import { isSnapshot } from './recording.ts'
import type { LogEntry, RacyLife, Recording } from './recording.ts'

const NOTHING_RACY: RacyLife = { fields: [], events: {} }

export function compareLives(want: Recording, got: Recording, racy: RacyLife = NOTHING_RACY): Difference[] {
  const forgiven = ({ path }: Difference) =>
    racy.fields.some(field => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`))
  return [
    ...(got.failed !== undefined && want.failed === undefined
      ? [{ path: 'failed', want: undefined, got: got.failed }]
      : []),
    ...snapshotDifferences(want, got).filter(one => !forgiven(one)),
    ...eventDifferences(want, got, { racy: racy.events, unsaid: unsaidIn(want.scenario) }),
    ...commandDifferences(want, got),
  ]
}

function snapshotDifferences(want: Recording, got: Recording): Difference[] {
  const found = snapshotsOf(got)
  return [...snapshotsOf(want)].flatMap(([name, entry]) => {
    const other = found.get(name)
    if (other === undefined) return [{ path: name, want: 'snapshot', got: undefined }]
    return differences(world(entry), world(other)).map(one => ({ ...one, path: `${name}:${one.path}` }))
  })
}

function snapshotsOf(recording: Recording): Map<string, LogEntry> {
  return new Map(recording.log.filter(isSnapshot).map(entry => [entry.step.snapshot, entry]))
}

function world(entry: LogEntry): NormalObject {
  const objects = (entry.objects ?? []).map(anonymous).filter((one: KubeObject) => one.kind !== 'Pod')
  return Object.fromEntries(objects.map(object => [objectKey(object), compared(object)]))
}

function commandDifferences(want: Recording, got: Recording): Difference[] {
  return differences(commandsOf(want), commandsOf(got)).map(one => ({ ...one, path: `cli${one.path}` }))
}

function commandsOf(recording: Recording): Normal {
  return recording.log.flatMap(({ step, result }) => {
    if (!('cli' in step) || typeof step.cli !== 'string' || result === undefined) return []
    return [[step.cli, result.exit, result.stdout, result.stderr].map(one => plain(one))]
  })
}

function plain(value: string | number): Normal {
  return typeof value === 'string' ? normalText(value) : value
}

/** The verdict in lines: how many differences, and the first of them. */
export function verdict(file: string, found: readonly Difference[], shown = 4): string[] {
  const head = `${file} ${found.length === 0 ? 'equal' : `${found.length} differences`}`
  return [head, ...found.slice(0, shown).map(differenceLine)]
}
