// A measurement that has come to its end, as it is recorded: of bounded size, and without what is secret.
import type { AnalysisPhase, Measurement } from '../api/analysis.ts'
import { goEscape } from '../std/go-text.ts'
import { goUrlEscape } from '../std/go-escape.ts'
import type { Instant } from '../std/instant.ts'
import { printInstant } from '../std/instant.ts'
import { shortened } from '../std/printable.ts'

export interface Outcome {
  readonly phase: AnalysisPhase
  readonly startedAt: Instant
  readonly finishedAt: Instant
  readonly message?: string | undefined
  readonly value?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

const VALUE_BYTES = 64 * 1024
const MESSAGE_BYTES = 8 * 1024
const NOTE_BYTES = 16 * 1024

export function finished(outcome: Outcome, secrets: readonly string[]): Measurement {
  const { phase, startedAt, finishedAt, message = '', value = '' } = outcome
  const metadata = notes(outcome.metadata, secrets)
  const shown = withoutValues(value, secrets, LEAST_IN_VALUE)
  const kept = shortened(shown, VALUE_BYTES)
  const isCut = kept.length < shown.length
  const said = [
    withoutValues(message, secrets, 1),
    isCut ? `the value is cut: it has more than ${VALUE_BYTES} bytes` : '',
  ]
  const text = shortened(said.filter(one => one !== '').join('; '), MESSAGE_BYTES)
  return {
    phase,
    startedAt: printInstant(startedAt),
    finishedAt: printInstant(finishedAt),
    ...(text === '' ? {} : { message: text }),
    ...(kept === '' ? {} : { value: kept }),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

/** Undefined: there are none. */
export function notes(
  metadata: Readonly<Record<string, string>> = {},
  secrets: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const all = Object.entries(metadata)
  if (all.length === 0) return undefined
  return Object.fromEntries(
    all.map(([name, text]) => [name, shortened(withoutValues(text, secrets, 1), NOTE_BYTES)]),
  )
}

const HIDDEN = '*****'
/** In a number, a secret of three digits would be found by chance. */
const LEAST_IN_VALUE = 4

/** Compat: five stars; but in values and notes, too. In each form in which a text can quote it, the longest first. */
function withoutValues(text: string, secrets: readonly string[], least: number): string {
  const forms = secrets
    .filter(secret => secret.length >= least)
    .flatMap(secret => [secret, goEscape(secret), JSON.stringify(secret).slice(1, -1), ...urlForms(secret)])
  return [...new Set(forms)]
    .toSorted((a, b) => b.length - a.length)
    .reduce((clean, form) => clean.replaceAll(form, HIDDEN), text)
}

function urlForms(secret: string): readonly string[] {
  return [goUrlEscape(secret, 'query'), goUrlEscape(secret, 'path'), goUrlEscape(secret, 'user')]
}
