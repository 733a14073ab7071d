// A recording as a file: one line an entry, and within a snapshot one line an object, so that differences can
// be read.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asText } from './difference.ts'
import type { LogEntry, Recording } from './recording.ts'

export function writeRecording(folder: string, recording: Recording): void {
  mkdirSync(folder, { recursive: true })
  const { scenario, log, events, failed } = recording
  const parts = [
    `{"scenario": ${asText(scenario)},\n"log": ${lines(log.map(entryText))}`,
    `"events": ${lines(events.map(asText))}`,
    ...(failed === undefined ? [] : [`"failed": ${asText(failed)}`]),
  ]
  writeFileSync(join(folder, `${scenario}.json`), `${parts.join(',\n')}}\n`)
}

function entryText({ objects, ...entry }: LogEntry): string {
  const text = asText(entry)
  if (objects === undefined) return text
  return `${text.slice(0, -1)}, "objects": [\n  ${objects.map(asText).join(',\n  ')}]}`
}

function lines(texts: readonly string[]): string {
  return `[\n${texts.join(',\n')}\n]`
}
