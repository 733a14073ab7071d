// An object from fields of which some may be undefined: those are left out, as JSON leaves them out.

/** Only the fields that have a value. */
export function present<Whole extends object>(fields: {
  readonly [Name in keyof Whole]: Whole[Name] | undefined
}): Whole {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Whole
}
