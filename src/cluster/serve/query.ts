// Query parameters as the options of calls, with Kubernetes' refusals for what does not parse or does not
// fit.
import { forbidden, invalid, notSupported, type FieldProblem } from '../schema/field-errors.ts'
import { invalidOptions } from './option-errors.ts'
import { badRequest } from '../resources/refusals.ts'
import type { DeleteOptions, ListQuery, WatchQuery, WriteOptions } from '../resources/resources.ts'

type Query = URLSearchParams

export function text(query: Query, name: string): string | undefined {
  const value = query.get(name)
  return value === null || value === '' ? undefined : value
}

export function integer(query: Query, name: string): number | undefined {
  const value = text(query, name)
  if (value === undefined) return undefined
  if (!/^[+-]?\d+$/.test(value)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
  }
  return Number(value)
}

/** Compat: a parameter that is there counts as true unless it says `false` or `0`. */
export function flag(query: Query, name: string): boolean {
  const value = query.get(name)
  return value !== null && value.toLowerCase() !== 'false' && value !== '0'
}

const VERSION_MATCHES = ['Exact', 'NotOlderThan']

function checkVersionMatch(query: Query): void {
  const match = text(query, 'resourceVersionMatch')
  if (match === undefined || VERSION_MATCHES.includes(match)) return
  throw invalidOptions('ListOptions', [notSupported('resourceVersionMatch', match, [...VERSION_MATCHES, ''])])
}

export function listQuery(query: Query, namespace: string | undefined): ListQuery {
  const limit = integer(query, 'limit')
  checkVersionMatch(query)
  if (query.has('sendInitialEvents')) {
    const detail = 'sendInitialEvents is forbidden for list'
    throw invalidOptions('ListOptions', [forbidden('sendInitialEvents', detail)])
  }
  return {
    ...selection(query, namespace),
    ...optional('continue', text(query, 'continue')),
    ...(limit === undefined || limit <= 0 ? {} : { limit }),
  }
}

export function watchQuery(query: Query, namespace: string | undefined): WatchQuery {
  checkVersionMatch(query)
  return {
    ...selection(query, namespace),
    ...(query.has('sendInitialEvents') ? { sendInitialEvents: flag(query, 'sendInitialEvents') } : {}),
    allowWatchBookmarks: flag(query, 'allowWatchBookmarks'),
  }
}

function selection(query: Query, namespace: string | undefined) {
  return {
    ...optional('namespace', namespace),
    ...optional('labelSelector', text(query, 'labelSelector')),
    ...optional('fieldSelector', text(query, 'fieldSelector')),
    ...optional('resourceVersion', text(query, 'resourceVersion')),
    ...optional('resourceVersionMatch', text(query, 'resourceVersionMatch')),
  }
}

function optional<Name extends string>(name: Name, value: string | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: string }
}

const VALIDATIONS = ['Ignore', 'Warn', 'Strict'] as const
const MANAGER_MAX = 128

/** `kind` is that of the options: CreateOptions, UpdateOptions, PatchOptions. */
export function writeOptions(query: Query, kind: string, userAgent: string | undefined): WriteOptions {
  const manager = text(query, 'fieldManager')
  const validation = text(query, 'fieldValidation')
  const known = VALIDATIONS.find(one => one === validation)
  const troubles = [
    ...dryRunTroubles(query.getAll('dryRun')),
    ...(manager !== undefined && manager.length > MANAGER_MAX ? [managerTooLong(manager)] : []),
    ...(validation !== undefined && known === undefined ? [unknownValidation(validation)] : []),
  ]
  if (troubles.length > 0) throw invalidOptions(kind, troubles)
  return {
    fieldManager: manager ?? agentName(userAgent),
    dryRun: query.getAll('dryRun').includes('All'),
    ...(known === undefined ? {} : { fieldValidation: known }),
  }
}

/** A client that names no manager is known by its program's name. */
function agentName(userAgent: string | undefined): string {
  return (userAgent ?? '').split('/')[0]?.slice(0, MANAGER_MAX) || 'unknown'
}

function managerTooLong(manager: string): FieldProblem {
  const { message } = invalid('', manager, `may not be more than ${MANAGER_MAX} bytes`)
  return { type: 'TooLong', path: 'fieldManager', message }
}

function unknownValidation(validation: string): FieldProblem {
  return notSupported('fieldValidation', validation, ['', ...VALIDATIONS].toSorted())
}

export function dryRunTroubles(dryRun: readonly string[]): readonly FieldProblem[] {
  return dryRun.every(one => one === 'All' || one === '') ? [] : [notSupported('dryRun', dryRun, ['All'])]
}

/** What the query says about a deletion; a body says more. */
export function deleteQuery(
  query: Query,
): Partial<Record<keyof DeleteOptions | 'orphanDependents', unknown>> {
  const grace = integer(query, 'gracePeriodSeconds')
  const dryRun = query.getAll('dryRun').filter(one => one !== '')
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...optional('propagationPolicy', text(query, 'propagationPolicy')),
    ...(query.has('orphanDependents') ? { orphanDependents: flag(query, 'orphanDependents') } : {}),
    ...(dryRun.length === 0 ? {} : { dryRun }),
  }
}
