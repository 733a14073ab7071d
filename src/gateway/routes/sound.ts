// What objects of any shape may do to a table: nothing. Some kinds come without a schema, so a number may stand where a
// text belongs. An object that its family cannot read, or whose routes nobody could match, is left out, and its author
// is told; the others are served.
import { refKey, refOf } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { Made, Notice } from './route-family.ts'
import type { Route } from './route.ts'

type Make = (objects: readonly KubeObject[]) => Made

/** `make`: what objects of these kinds make together. It may throw. */
export function soundly(kinds: readonly Kind[], objects: readonly KubeObject[], make: Make): Made {
  const whole = attempt(objects, make)
  if (whole !== undefined) return matchable(whole)
  const readable = objects.filter(object => attempt([object], make) !== undefined)
  const left = objects
    .filter(object => !readable.includes(object))
    .flatMap(object => unreadableObject(kinds, object))
  const { routes, notices } = matchable(attempt(readable, make) ?? { routes: [], notices: [] })
  return { routes, notices: [...notices, ...left] }
}

function unreadableObject(kinds: readonly Kind[], object: KubeObject): readonly Notice[] {
  const kind = kinds.find(one => one.kind === object.kind)
  return kind === undefined ? [] : [unreadable(refKey(refOf(kind, object)))]
}

function attempt(objects: readonly KubeObject[], make: Make): Made | undefined {
  try {
    return make(objects)
  } catch {
    return undefined
  }
}

function matchable({ routes, notices }: Made): Made {
  const kept = routes.filter(isMatchable)
  if (kept.length === routes.length) return { routes, notices }
  const left = new Set(routes.filter(route => !isMatchable(route)).map(route => route.from))
  return { routes: kept, notices: [...notices, ...[...left].map(unreadable)] }
}

function isMatchable({ host, path, headers, methods = [], backends }: Route): boolean {
  const texts = [host, path.value, ...headers.flatMap(({ name, value }) => [name, value]), ...methods]
  return texts.every(text => typeof text === 'string') && backends.every(one => Number.isFinite(one.weight))
}

function unreadable(from: string): Notice {
  const message = 'a field has not the type that its kind asks for, so no route is made of it'
  return { from, reason: 'RouteNotPlayed', message }
}
