// The values that expressions compute with.
import type { Json } from '../../std/json.ts'

export type GoValue = Json
