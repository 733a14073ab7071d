// A measurement that has come to its end, as it is recorded: of bounded size, and without what is secret.
import type { AnalysisPhase, Measurement } from '../api/analysis.ts'
import type { Hidden } from '../std/hidden.ts'
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
/** Of a message, before what is secret has been taken out of it. */
const TOLD_BYTES = 64 * 1024
const GAP = ' … '
/** Of what is longer, the rest could never be kept. */
const LOOKED_AT = 256 * 1024

export function finished(outcome: Outcome, hidden: Hidden): Measurement {
  const { phase, startedAt, finishedAt, message = '', value = '' } = outcome
  const metadata = notes(outcome.metadata, hidden)
  const shown = shownValue(value, hidden)
  const kept = shortened(shown, VALUE_BYTES)
  const isCut = kept.length < shown.length || value.length > VALUE_BYTES
  const said = [
    hidden.inMessage(withoutMiddle(message, TOLD_BYTES)),
    isCut ? `the value is cut: it has more than ${VALUE_BYTES} bytes` : '',
  ]
  const text = withoutMiddle(said.filter(one => one !== '').join('; '), MESSAGE_BYTES)
  return {
    phase,
    startedAt: printInstant(startedAt),
    finishedAt: printInstant(finishedAt),
    ...(text === '' ? {} : { message: text }),
    ...(kept === '' ? {} : { value: kept }),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

/** What was asked stands at the beginning of a long message, and what is wrong with it at the end. */
function withoutMiddle(text: string, maxBytes: number): string {
  if (shortened(text, maxBytes) === text) return text
  // No character takes more than three bytes for each of its halves.
  const end = text.slice(-(maxBytes >> 4)).replace(/^[\udc00-\udfff]/, '')
  return `${shortened(text, maxBytes >> 1)}${GAP}${end}`
}

/** Undefined: there are none. */
export function notes(
  metadata: Readonly<Record<string, string>> = {},
  hidden: Hidden,
): Readonly<Record<string, string>> | undefined {
  const all = Object.entries(metadata)
  if (all.length === 0) return undefined
  return Object.fromEntries(all.map(([name, text]) => [name, shortened(hidden.inMessage(text), NOTE_BYTES)]))
}

/** Five stars in place of each secret. Compat: but in values and notes, too. */
function shownValue(value: string, hidden: Hidden): string {
  const clean = hidden.inValue(shortened(value, LOOKED_AT))
  // Whoever cut it may have left the beginning of a secret.
  return value.length > VALUE_BYTES ? clean.slice(0, Math.max(0, clean.length - hidden.longest())) : clean
}
