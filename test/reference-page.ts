// Schema → reference tables in Markdown: what one can write, what it means, what it is when left out.
import { unreachable } from '../src/std/assert.ts'
import type { OwnKind } from '../src/api/crds.ts'
import type { Fields, Schema } from '../src/api/schema.ts'

interface Section {
  readonly path: string
  readonly doc: string
  readonly fields: Fields
}

/** The page of one kind. Objects that appear in several places are told once. */
export function referencePage(own: OwnKind): string {
  const { kind } = own.kind
  const parts = [
    { path: 'spec', schema: own.spec },
    ...(own.status ? [{ path: 'status', schema: own.status }] : []),
  ]
  const anchors = new Map<Fields, string>()
  const sections = parts.flatMap(({ path, schema }) => sectionsOf(schema, path, anchors))
  return [
    `# ${kind}`,
    `${own.doc} \`kubectl get ${own.shortName}\` lists them.`,
    ...sections.map(section => printSection(section, anchors)),
  ].join('\n\n')
}

function sectionsOf(schema: Schema, path: string, seen: Map<Fields, string>): readonly Section[] {
  const fields = fieldsOf(schema)
  if (fields === undefined || Object.keys(fields).length === 0 || seen.has(fields)) return []
  seen.set(fields, path)
  const inner = Object.entries(fields).flatMap(([name, field]) =>
    sectionsOf(field, `${path}.${name}${suffix(field)}`, seen),
  )
  return [{ path, doc: schema.doc, fields }, ...inner]
}

/** The fields of an object, or of the objects in a list or map. */
function fieldsOf({ shape }: Schema): Fields | undefined {
  if (shape.kind === 'object') return shape.fields
  return shape.kind === 'list' || shape.kind === 'map' ? fieldsOf(shape.of) : undefined
}

function suffix({ shape }: Schema): string {
  if (shape.kind === 'list') return '[]'
  return shape.kind === 'map' ? '.*' : ''
}

function printSection({ path, doc, fields }: Section, anchors: ReadonlyMap<Fields, string>): string {
  const rows = Object.entries(fields).map(([name, field]) => row(name, field, { path, anchors }))
  return [
    `## ${path}\n\n${doc}\n`,
    '| field | type | when left out | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

interface Around {
  readonly path: string
  readonly anchors: ReadonlyMap<Fields, string>
}

function row(name: string, field: Schema, { path, anchors }: Around): string {
  const fields = fieldsOf(field)
  const told = fields === undefined ? undefined : anchors.get(fields)
  const here = `${path}.${name}${suffix(field)}`
  const see = told === undefined || told === here ? '' : ` As [${told}](#${anchorOf(told)}).`
  const left = field.required === true ? '*required*' : field.default === undefined ? '' : code(field.default)
  return `| \`${name}\` | ${typeOf(field)} | ${left} | ${field.doc}${limits(field)}${see} |`
}

function anchorOf(path: string): string {
  return path.toLowerCase().replaceAll(/[^a-z0-9 -]/g, '')
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}

function limits({ min, max, shape }: Schema): string {
  const words = shape.kind === 'string' && shape.words ? ` One of ${shape.words.map(code).join(', ')}.` : ''
  if (min !== undefined && max !== undefined) return `${words} From ${min} to ${max}.`
  return min === undefined ? words : `${words} At least ${min}.`
}

function typeOf({ shape }: Schema): string {
  switch (shape.kind) {
    case 'int-or-string':
      return 'integer or string'
    case 'list':
      return `list of ${typeOf(shape.of)}`
    case 'map':
      return `map of ${typeOf(shape.of)}`
    case 'kubernetes':
      return shape.type
    case 'raw':
      return 'object'
    case 'string':
    case 'time':
    case 'boolean':
    case 'integer':
    case 'object':
      return shape.kind
    default:
      return unreachable(shape)
  }
}
