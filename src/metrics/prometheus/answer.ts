// What Prometheus' HTTP API answers, as its Go client understands it, in its words where it does not.
import { goQuote } from '../../std/go/text.ts'
import { goParseFloat } from '../../std/go/number.ts'
import { isJsonObject, parseJson } from '../../std/json.ts'
import type { Json } from '../../std/json.ts'
import { list } from '../../std/json-parts.ts'
import { JsonIterator } from './json-iterator.ts'

interface Samples {
  readonly kind: 'scalar' | 'vector' | 'matrix'
  readonly values: readonly number[]
  readonly warnings: readonly string[]
}

export type ReadAnswer = { readonly samples: Samples } | { readonly problem: string }

const NO_CONTENT = 204

export function readAnswer(status: number, body: string): ReadAnswer {
  const isApiError = status === 400 || status === 422
  if ((status < 200 || status > 299) && !isApiError) return { problem: statusProblem(status) }
  const samples = status === NO_CONTENT ? undefined : readWell(body)
  if (samples !== undefined && !isApiError) return { samples }
  if (body.length > TOLD_MAX)
    return { problem: `bad_response: ${body.length} characters that are no good answer` }
  return readSlowly(status, body)
}

/** Of what is longer, nobody is told where it is wrong. */
const TOLD_MAX = 1024 * 1024

/** An answer as it should be; undefined: it is not, and is to be read by the words of the client. */
function readWell(body: string): Samples | undefined {
  const answer = parseJson(body)
  if (!isJsonObject(answer) || answer['status'] !== 'success' || !isJsonObject(answer['data']))
    return undefined
  const { resultType: kind, result } = answer['data']
  const warnings = list(answer['warnings'])
  const isTold = warnings.every(one => typeof one === 'string')
  if (!Array.isArray(result) || !isTold) return undefined
  const values: number[] = []
  if (kind === 'scalar') {
    const number = typeof result[1] === 'string' ? pairValue(result) : undefined
    return number === undefined || 'problem' in number
      ? undefined
      : { kind, values: [number.value], warnings }
  }
  if (kind !== 'vector' && kind !== 'matrix') return undefined
  for (const series of result as readonly Json[]) {
    const read = valuesOf(kind, series)
    if ('problem' in read) return undefined
    for (const value of read.values) values.push(value)
  }
  return { kind, values, warnings }
}

/** With what is wrong, and where. */
function readSlowly(status: number, body: string): ReadAnswer {
  const isApiError = status === 400 || status === 422
  const read = status === NO_CONTENT ? NOTHING : readResponse(body)
  if ('problem' in read) return { problem: `bad_response: ${read.problem}` }
  const { said, data, errorType, error, warnings } = read
  if (said === 'error') return { problem: `${errorType}: ${error}` }
  if (isApiError && said === 'success')
    return { problem: 'bad_response: inconsistent body for response code' }
  const samples = readData(data)
  return 'problem' in samples ? samples : { samples: { ...samples, warnings } }
}

function statusProblem(status: number): string {
  if (status >= 400 && status < 500) return `client_error: client error: ${status}`
  if (status >= 500 && status < 600) return `server_error: server error: ${status}`
  return `bad_response: bad response code ${status}`
}

interface Response {
  readonly said: string
  /** As it stands in the answer; empty without any. */
  readonly data: string
  readonly errorType: string
  readonly error: string
  readonly warnings: readonly string[]
}

const NOTHING: Response = { said: '', data: '', errorType: '', error: '', warnings: [] }

/** Of each field of a struct that is read after a mistake, the name is put before it. */
function readStruct(iterator: JsonIterator, readers: Readonly<Record<string, () => void>>): void {
  iterator.fields(name => {
    const found = Object.keys(readers).find(one => one.toLowerCase() === name.toLowerCase())
    if (found === undefined) return iterator.skip()
    readers[found]?.()
    if (iterator.error === undefined) return
    const field = GO_NAMES[found] ?? found.slice(0, 1).toUpperCase() + found.slice(1)
    iterator.error = `${field}: ${iterator.error}`
  })
}

const GO_NAMES: Readonly<Record<string, string>> = { resultType: 'Type' }

function readResponse(body: string): Response | { readonly problem: string } {
  const iterator = new JsonIterator(body)
  let [said, data, errorType, error] = ['', '', '', '']
  const warnings: string[] = []
  readStruct(iterator, {
    status: () => (said = iterator.string()),
    data: () => (data = iterator.raw()),
    errorType: () => (errorType = iterator.string()),
    error: () => (error = iterator.string()),
    warnings: () => iterator.elements(() => warnings.push(iterator.string())),
  })
  const hasBegun = iterator.error !== undefined && !iterator.error.startsWith('readObjectStart')
  if (hasBegun && !iterator.error?.startsWith('struct Decode'))
    iterator.error = `v1.apiResponse.${iterator.error}`
  const problem = endProblem(iterator)
  return problem === undefined ? { said, data, errorType, error, warnings } : { problem }
}

/** Nothing may follow. */
function endProblem(iterator: JsonIterator): string | undefined {
  if (iterator.token() !== '\0') iterator.report('Unmarshal', 'there are bytes left after unmarshal')
  return iterator.error
}

type Read = Omit<Samples, 'warnings'> | { readonly problem: string }

/** The decoder of the whole: it passes over the value, and tells where that ends what is wrong inside. */
function decoded<T extends object>(text: string, read: () => T | { readonly problem: string }) {
  const iterator = new JsonIterator(text)
  iterator.skip()
  const value = read()
  if ('problem' in value) iterator.report('unmarshalerDecoder', String(value.problem))
  return iterator.error === undefined ? value : { problem: iterator.error }
}

function readData(data: string): Read {
  return decoded<Omit<Samples, 'warnings'>>(data, () => {
    const iterator = new JsonIterator(data)
    let [type, result] = ['<ValNone>', '']
    readStruct(iterator, {
      resultType() {
        type = iterator.string()
        if (!TYPES.includes(type))
          iterator.report('unmarshalerDecoder', `unknown value type ${goQuote(type)}`)
      },
      result: () => (result = iterator.raw()),
    })
    const problem = endProblem(iterator)
    if (problem !== undefined) return { problem }
    if (type === 'scalar') return readScalar(result)
    if (type === 'vector') return readSeries('vector', result)
    return type === 'matrix'
      ? readSeries('matrix', result)
      : { problem: `unexpected value type ${goQuote(type)}` }
  }) as Read
}

const TYPES = ['<ValNone>', 'scalar', 'vector', 'matrix', 'string']

function readScalar(text: string): Read {
  return decoded(text, () => {
    const value = list(parseJson(text))[1]
    if (value !== undefined && typeof value !== 'string')
      return { problem: `json: cannot unmarshal ${jsonKind(value)} into Go value of type string` }
    const number = sampleValue(JSON.stringify(value ?? ''))
    return 'problem' in number
      ? { problem: `error parsing sample value: ${number.problem}` }
      : { kind: 'scalar', values: [number.value] }
  }) as Read
}

function readSeries(kind: 'vector' | 'matrix', text: string): Read {
  const iterator = new JsonIterator(text)
  const values: number[] = []
  const name = kind === 'vector' ? 'model.Vector' : 'model.Matrix'
  iterator.elements(() => {
    const read = valuesOf(kind, parseJson(iterator.raw() || 'null') ?? null)
    if ('problem' in read) iterator.report('unmarshalerDecoder', read.problem)
    else for (const value of read.values) values.push(value)
  })
  if (iterator.error !== undefined) iterator.error = `${name}: ${iterator.error}`
  const problem = endProblem(iterator)
  return problem === undefined ? { kind, values } : { problem }
}

type Values = { readonly values: readonly number[] } | { readonly problem: string }

/** Compat: a native histogram counts as 0. */
function valuesOf(kind: 'vector' | 'matrix', series: Json): Values {
  if (series === null) return { values: [] }
  if (!isJsonObject(series))
    return { problem: `json: cannot unmarshal ${jsonKind(series)} into Go value of type struct` }
  if (kind === 'vector') {
    const pair = pairValue(series['value'] ?? null)
    return 'problem' in pair ? pair : { values: [pair.value] }
  }
  const values: number[] = []
  for (const one of list(series['values'])) {
    const pair = pairValue(one)
    if ('problem' in pair) return pair
    values.push(pair.value)
  }
  return { values }
}

type One = { readonly value: number } | { readonly problem: string }

function pairValue(pair: Json): One {
  if (pair === null) return { value: 0 }
  if (!Array.isArray(pair))
    return { problem: `json: cannot unmarshal ${jsonKind(pair)} into Go value of type [2]json.Unmarshaler` }
  const [, value = null] = pair as readonly Json[]
  return value === null ? { value: 0 } : sampleValue(JSON.stringify(value))
}

function sampleValue(text: string): One {
  if (!text.startsWith('"')) return { problem: 'sample value must be a quoted string' }
  const number = parseJson(text) as string
  const value = goParseFloat(number)
  if (value === undefined)
    return { problem: `strconv.ParseFloat: parsing ${goQuote(number)}: invalid syntax` }
  const isBeyond = !Number.isFinite(value) && /\d/.test(number)
  return isBeyond
    ? { problem: `strconv.ParseFloat: parsing ${goQuote(number)}: value out of range` }
    : { value }
}

function jsonKind(value: Json): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
