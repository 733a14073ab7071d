// Reading single fields of objects whose kind the printers know only as JSON; a missing or odd field reads as
// nothing.
import type { KubeObject } from '../../../kube/object.ts'

type Fields = { readonly [name: string]: unknown }

/** What stands at the path, or undefined as soon as a step leads nowhere. */
export function field(from: unknown, ...path: readonly string[]): unknown {
  let at = from
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as Fields)[name]
  }
  return at
}

export function text(from: unknown, ...path: readonly string[]): string {
  const value = field(from, ...path)
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

export function count(from: unknown, ...path: readonly string[]): number {
  const value = field(from, ...path)
  return typeof value === 'number' ? value : 0
}

export function list(from: unknown, ...path: readonly string[]): readonly unknown[] {
  const value = field(from, ...path)
  return Array.isArray(value) ? value : []
}

export function keys(from: unknown, ...path: readonly string[]): readonly string[] {
  const value = field(from, ...path)
  return typeof value === 'object' && value !== null ? Object.keys(value) : []
}

export function isTerminating(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined
}
