// `{{args.name}}` in every text of a metric, filled in with the arguments of the run. What can not be filled in is a
// problem of the whole run, said in one sentence. Compat: it is done in the metric's JSON as Go writes it, so that an
// odd `{{` runs on to the braces that close the object around it.
import type { Argument } from '../api/analysis.ts'
import { goMetric } from '../api/go-metric.ts'
import type { Metric } from '../api/metric.ts'
import { goEscape, goQuote } from '../std/go/text.ts'
import { parseJson } from '../std/json.ts'
import { printableText } from '../std/printable.ts'

export type Outcome<Value> = { readonly value: Value } | { readonly problem: string }

export type ArgumentValues = ReadonlyMap<string, string>

const [OPEN, CLOSE] = ['{{', '}}']

/** Stands for a secret wherever a metric is only looked at. Compat: the very word. */
const INSTEAD_OF_SECRET = 'temp-for-secret'

/** A key of a Secret that an argument names, if it does. */
export function secretOf({
  valueFrom,
}: Argument): { readonly name: string; readonly key: string } | undefined {
  return valueFrom?.secretKeyRef
}

/** Every declared argument must have its value, used or not. Compat: a Secret wins over a value, the last of a name. */
export function argumentValues(
  args: readonly Argument[],
  secrets?: ReadonlyMap<string, string>,
): Outcome<ArgumentValues> {
  const values = new Map<string, string>()
  for (const arg of args) {
    const secret = secretOf(arg) === undefined ? undefined : (secrets?.get(arg.name) ?? INSTEAD_OF_SECRET)
    const value = secret ?? arg.value
    if (value === undefined) return { problem: `argument "${arg.name}" was not supplied` }
    values.set(arg.name, value)
  }
  return { value: values }
}

/** The arguments that a metric's texts name. */
export function usedArguments(metric: Metric): readonly string[] {
  const parts = splitAtTags(goMetric(metric))
  return 'problem' in parts
    ? []
    : parts.value.flatMap(({ tag }) => (tag === undefined ? [] : (nameIn(tag) ?? [])))
}

export function fillIn(metric: Metric, values: ArgumentValues): Outcome<Metric> {
  const parts = splitAtTags(goMetric(metric))
  if ('problem' in parts) return parts
  const unknown = parts.value.findLast(({ tag }) => tag !== undefined && valueOf(tag, values) === undefined)
  if (unknown !== undefined) return { problem: `failed to resolve {{${unknown.tag}}}` }
  let text = ''
  for (const { before, tag } of parts.value) {
    const value = tag === undefined ? '' : goEscape(valueOf(tag, values) ?? '')
    const bad = badEscape(value)
    if (bad !== undefined) return { problem: `invalid character '${bad}' in string escape code` }
    text += before + value
  }
  const filled = parseJson(text)
  if (filled !== undefined) return { value: filled as unknown as Metric }
  return { problem: 'an argument changes the form of the metric, not only its texts' }
}

/** Go's own escapes are not all JSON's. */
function badEscape(escaped: string): string | undefined {
  return /(?:^|[^\\])(?:\\\\)*\\([axvU])/.exec(escaped)?.[1]
}

/** `args.name`; undefined: the tag names no argument. */
function nameIn(tag: string): string | undefined {
  const trimmed = tag.trim()
  return trimmed.startsWith('args.') ? trimmed.slice('args.'.length) : undefined
}

function valueOf(tag: string, values: ArgumentValues): string | undefined {
  const name = nameIn(tag)
  return name === undefined ? undefined : values.get(name)
}

interface Part {
  readonly before: string
  readonly tag: string | undefined
}

function splitAtTags(text: string): Outcome<readonly Part[]> {
  const parts: Part[] = []
  let at = 0
  for (let open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, at)) {
    const close = text.indexOf(CLOSE, open + OPEN.length)
    if (close < 0) return { problem: endless(text, open) }
    parts.push({ before: text.slice(at, open), tag: text.slice(open + OPEN.length, close) })
    at = close + CLOSE.length
  }
  return { value: [...parts, { before: text.slice(at), tag: undefined }] }
}

const SHOWN = 500

function endless(text: string, open: number): string {
  const rest = printableText(text.slice(open + OPEN.length, open + SHOWN))
  const template = goQuote(text.slice(0, SHOWN))
  return `Cannot find end tag=${goQuote(CLOSE)} in the template=${template} starting from ${goQuote(rest)}`
}
