// Port numbers and port names, checked as an API server would.
import type { FieldError } from '../field-error.ts'
import { invalid } from '../field-error.ts'

type Errors = readonly FieldError[]

export function portNumberErrors(path: string, value: number): Errors {
  if (Number.isInteger(value) && value >= 1 && value <= 65_535) return []
  const cure = 'Write a port from 1 to 65535.'
  return [invalid({ path, value, cure }, 'must be between 1 and 65535, inclusive')]
}

export function portNameErrors(path: string, value: string): Errors {
  const problems = [
    ...(value.length > 15 ? ['must be no more than 15 characters'] : []),
    ...(/^[-a-z0-9]+$/.test(value)
      ? []
      : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
    ...(/[a-z]/.test(value) ? [] : ['must contain at least one letter (a-z)']),
    ...(value.includes('--') ? ['must not contain consecutive hyphens'] : []),
    ...(value.startsWith('-') || value.endsWith('-') ? ['must not begin or end with a hyphen'] : []),
  ]
  const cure = 'Use up to 15 lower-case letters, digits and single hyphens.'
  return problems.map(problem => invalid({ path, value, cure }, problem))
}
