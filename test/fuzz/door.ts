// A door of the product through which others send what they like, as the fuzzer sees it: what to send by chance, how to
// send it, and how to ask for something innocent beside it.
import type { Arbitrary } from 'fast-check'

/** What stands behind a door while it is played. */
export interface Target<Input> {
  /** Resolves when the input was answered or refused; throws what is wrong with the answer itself. */
  send(input: Input): Promise<void>
  /** Resolves when an innocent user of the same program was answered; throws when the answer is wrong. */
  innocent(): Promise<void>
  /** How it ended, when it has ended by itself. */
  death(): string | undefined
  /** Resident memory of the process. */
  memoryMb(): number
  close(): Promise<void>
}

export interface Door<Input> {
  readonly name: string
  readonly input: Arbitrary<Input>
  /** How many `npm test` sends: some seconds' worth. */
  readonly inputs: number
  /** Opened once, and again after what was behind it has died. */
  open(): Promise<Target<Input>>
}
