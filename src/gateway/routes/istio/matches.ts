// Which requests a rule of a VirtualService is for. A condition that is not looked at must not be left out: its match
// takes no request.
import type { Json, JsonObject } from '../../../std/json.ts'
import { record, text } from '../../../std/json-parts.ts'
import { literally } from '../../../std/regex.ts'
import type { HeaderMatch, PathMatch, Route } from '../route.ts'

type Read = Pick<Route, 'path' | 'headers' | 'methods'>

const PLAYED = ['name', 'uri', 'method', 'headers', 'queryParams', 'withoutHeaders', 'gateways', 'statPrefix']

export function matchIn(match: JsonObject): Read | { readonly problem: string } {
  const { ignoreUriCase, ...rest } = match
  const foreign = Object.keys(rest).find(field => !PLAYED.includes(field))
  if (foreign !== undefined) return { problem: `a condition on ${foreign} is not played` }
  if (ignoreUriCase === true) return { problem: 'ignoreUriCase is not played' }
  const method = record(match['method'])
  if (match['method'] !== undefined && typeof method['exact'] !== 'string')
    return { problem: 'a method that is no exact one is not played' }
  const absent = Object.entries(record(match['withoutHeaders']))
  if (absent.some(([, how]) => Object.keys(record(how)).length > 0))
    return { problem: 'withoutHeaders with a value is not played' }
  return {
    path: pathIn(record(match['uri'])),
    headers: [
      ...Object.entries(record(match['headers'])).map(([name, how]) => headerMatch(name.toLowerCase(), how)),
      ...Object.entries(record(match['queryParams'])).map(([name, how]) => queryMatch(name, how)),
      ...absent.map(([name]): HeaderMatch => ({ name: name.toLowerCase(), how: 'absent', value: '' })),
    ],
    ...(match['method'] !== undefined && { methods: [text(method['exact'])] }),
  }
}

/** A prefix is one of the text, not of whole segments. */
function pathIn({ exact, prefix, regex }: JsonObject): PathMatch {
  if (typeof exact === 'string') return { how: 'exact', value: exact }
  if (typeof regex === 'string') return { how: 'regex', value: regex }
  return { how: 'text-prefix', value: text(prefix) || '/' }
}

function headerMatch(name: string, asked: Json): HeaderMatch {
  const { exact, prefix, regex } = record(asked)
  if (typeof exact === 'string') return { name, how: 'exact', value: exact }
  if (typeof regex === 'string') return { name, how: 'regex', value: regex }
  if (typeof prefix === 'string') return { name, how: 'regex', value: `${literally(prefix)}.*` }
  return { name, how: 'present', value: '' }
}

function queryMatch(name: string, asked: Json): HeaderMatch {
  const { how, value } = headerMatch(name, asked)
  if (how === 'exact') return { name, how: 'query', value }
  return how === 'regex' ? { name, how: 'query-regex', value } : { name, how: 'query-present', value }
}
