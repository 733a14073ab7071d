// What crosses between the main thread and the gateway's thread, as plain data.
import type { CountRow } from './counts.ts'
import type { LookAsked, LookPiece } from './history/looks.ts'
import type { ProxyLimits } from './listener.ts'
import type { RouteTable } from './routes/route.ts'

export interface ThreadStart {
  readonly port: number
  readonly address: string
  readonly seed: number
  readonly limits: Partial<ProxyLimits>
}

export type ToThread =
  | { readonly type: 'table'; readonly version: number; readonly table: RouteTable }
  | { readonly type: 'counts'; readonly id: number }
  /** Somebody begins to look at live traffic, has taken a piece of it, looks away. */
  | { readonly type: 'look'; readonly id: number; readonly asked: LookAsked }
  | { readonly type: 'look-more'; readonly id: number }
  | { readonly type: 'look-away'; readonly id: number }
  | { readonly type: 'close'; readonly graceMs: number }

export type FromThread =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'refused'; readonly code: string; readonly message: string }
  /** The table of that version decides from now on. */
  | { readonly type: 'in-force'; readonly version: number }
  | { readonly type: 'counted'; readonly id: number; readonly rows: readonly CountRow[] }
  | ({ readonly type: 'seen' } & LookPiece)
  | { readonly type: 'closed' }
