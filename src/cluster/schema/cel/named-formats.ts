// Kubernetes' `format.NAME()` in CEL: kinds of text that have a name, and what is wrong with one that is not of it.
import { Optional } from '@marcbachmann/cel-js'
import {
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  labelValue,
  qualifiedName,
} from '../../../kube/names.ts'
import { own } from '../../../std/own.ts'
import { matchesFormat } from '../formats.ts'
import type { Functions } from './functions.ts'
import { isUrl, urlProblem } from './urls.ts'

export class NamedFormat {
  readonly problem: (text: string) => string | undefined

  constructor(problem: (text: string) => string | undefined) {
    this.problem = problem
  }
}

export const FORMAT_TYPE = 'kubernetes.NamedFormat'

const FORMATS: Readonly<Record<string, NamedFormat>> = {
  dns1123Label: new NamedFormat(dns1123Label),
  dns1123Subdomain: new NamedFormat(dns1123Subdomain),
  dns1035Label: new NamedFormat(dns1035Label),
  qualifiedName: new NamedFormat(qualifiedName),
  dns1123LabelPrefix: prefixOf(dns1123Label),
  dns1123SubdomainPrefix: prefixOf(dns1123Subdomain),
  dns1035LabelPrefix: prefixOf(dns1035Label),
  labelValue: new NamedFormat(labelValue),
  uri: new NamedFormat(text => (isUrl(text) ? undefined : urlProblem(text))),
  uuid: ofSchema('uuid', 'does not match the UUID format'),
  byte: ofSchema('byte', 'invalid base64'),
  date: ofSchema('date', 'invalid date'),
  datetime: ofSchema('datetime', 'invalid datetime'),
}

/** Called on `format`. */
export const FORMAT_FUNCTIONS: Functions = {
  ...Object.fromEntries(
    Object.entries(FORMATS).map(([name, format]) => [`${name}(): ${FORMAT_TYPE}`, () => format]),
  ),
  [`named(string): optional<${FORMAT_TYPE}>`]: (name: string) => Optional.of(own(FORMATS, name)),
}

export const VALIDATE_FUNCTIONS: Functions = {
  [`${FORMAT_TYPE}.validate(string): optional<list<string>>`]: (format: NamedFormat, text: string) => {
    const problem = format.problem(text)
    return problem === undefined ? Optional.none() : Optional.of([problem])
  },
}

/** A name that more will be appended to may end in a dash. */
function prefixOf(problem: (text: string) => string | undefined): NamedFormat {
  return new NamedFormat(text =>
    problem(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text),
  )
}

function ofSchema(format: string, said: string): NamedFormat {
  return new NamedFormat(text => (matchesFormat(format, text) ? undefined : said))
}
