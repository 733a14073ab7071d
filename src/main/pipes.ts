// What becomes of the program when nobody reads its output any more, or the disk that it goes to is full.

let isNeeded = false

/** A reader who has seen enough (`| head`) ends a command quietly. */
export function watchPipes(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', lost)
}

/** A server goes on: it has others to serve than those who read its log. */
export function goOnUnread(): void {
  isNeeded = true
}

function lost(error: NodeJS.ErrnoException): void {
  if (isNeeded) return
  if (error.code === 'EPIPE') process.exit(0)
  process.stderr.write(`the output cannot be written: ${error.message}\n`)
  process.exit(1)
}
