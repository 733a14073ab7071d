// What one evaluation may use: work in units, memory as the peer counts it, and the length of one text.
import type { Instant } from '../../std/instant.ts'
import { refuse } from './refusal.ts'

/** Work of a second at worst: nodes evaluated, elements and pieces of text looked at. */
const UNITS_MAX = 6_000_000
/** What is done at a time, where an evaluation takes more than a moment. */
export const UNITS_OF_A_BIT = 30_000
const MEMORY_MAX = 1_000_000
const TEXT_MAX = 16_000_000
/** Characters that cost as much as one node. */
const TEXT_PER_UNIT = 4

export class Budget {
  private readonly instant: Instant
  /** The result that is judged. */
  readonly given: unknown
  private units: number
  private pausedAt: number
  private memory = 0

  constructor(instant: Instant, given: unknown, units = UNITS_MAX) {
    this.instant = instant
    this.given = given
    this.units = units
    this.pausedAt = units
  }

  /** Nanoseconds since 1970. */
  get now(): bigint {
    return BigInt(Math.round(this.instant * 1000)) * 1000n
  }

  spend(units: number): void {
    this.units -= units
    if (this.units < 0) refuse(`evaluation takes more than ${UNITS_MAX} steps`)
  }

  /** It took more than it was given. */
  get isSpent(): boolean {
    return this.units < 0
  }

  /** So much was done since the last time that it is time for a pause. */
  isPauseDue(): boolean {
    if (this.pausedAt - this.units < UNITS_OF_A_BIT) return false
    this.pausedAt = this.units
    return true
  }

  /** Work on texts of so many characters. */
  spendText(characters: number): void {
    this.spend(1 + Math.floor(characters / TEXT_PER_UNIT))
  }

  /** Elements that come into being. */
  grow(elements: number): void {
    this.memory += elements
    if (this.memory >= MEMORY_MAX) refuse('memory budget exceeded')
    this.spend(elements)
  }

  text(text: string): string {
    if (text.length > TEXT_MAX) refuse('memory budget exceeded')
    return text
  }
}
