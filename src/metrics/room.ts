// Room for questions that are under way: so many to one server, so many in all, first come first served. Who waits for
// a server that never answers holds up nobody who asks another.

export interface Room {
  /** Resolves when it may begin; undefined when the signal has aborted before. */
  enter(place: string, signal: AbortSignal): Promise<Leave | undefined>
  readonly waiting: number
}

type Leave = () => void

interface Waiting {
  readonly place: string
  begin(): void
}

const AT_ONE_PLACE = 8
const IN_ALL = 64

export function createRoom(limits = { atOnePlace: AT_ONE_PLACE, inAll: IN_ALL }): Room {
  const waiting = new Set<Waiting>()
  const inside = new Map<string, number>()
  let total = 0
  const hasRoom = (place: string) => total < limits.inAll && (inside.get(place) ?? 0) < limits.atOnePlace
  const leave = (place: string) => {
    total--
    const left = (inside.get(place) ?? 1) - 1
    if (left > 0) inside.set(place, left)
    else inside.delete(place)
    for (const one of waiting) {
      if (total >= limits.inAll) return
      if (hasRoom(one.place)) one.begin()
    }
  }
  return {
    get waiting() {
      return waiting.size
    },
    enter: (place, signal) =>
      new Promise(resolve => {
        const begin = () => {
          total++
          inside.set(place, (inside.get(place) ?? 0) + 1)
          let isInside = true
          resolve(() => {
            if (isInside) leave(place)
            isInside = false
          })
        }
        if (signal.aborted) return resolve(undefined)
        if (hasRoom(place)) return begin()
        const giveUp = () => {
          waiting.delete(one)
          resolve(undefined)
        }
        const one: Waiting = {
          place,
          begin() {
            waiting.delete(one)
            signal.removeEventListener('abort', giveUp)
            begin()
          },
        }
        waiting.add(one)
        signal.addEventListener('abort', giveUp, { once: true })
      }),
  }
}
