// The durable store: the log in an LMDB file. A batch of records is one transaction; its promise resolves
// when the pages and then the root are on disk. What is read back is checked record by record: damage is
// told, never guessed at.
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import type { Database, RootDatabase } from 'lmdb'
import { createLogStore } from './log-store.ts'
import type { Journal, JournalRecord, LogStoreOptions } from './log-store.ts'
import { dataFileProblem } from './data-file.ts'
import { packRecord, unpackRecord } from './record.ts'
import type { Store } from './store.ts'

export interface LmdbStoreOptions extends Omit<LogStoreOptions, 'journal'> {
  /** A folder of the store's own; made when it is not there. */
  readonly folder: string
}

/** The store can't be read. The message says what to do. */
export class StoreDamaged extends Error {
  constructor(folder: string, problem: string) {
    super(
      `The store in ${folder} is damaged: ${problem}. Nothing was changed. ` +
        'Put back a copy of that folder, or move it away to start with an empty cluster.',
    )
    this.name = 'StoreDamaged'
  }
}

const FORMAT = 1
/**
 * Revisions passed over at each start, so that none is given out twice, whatever the last run had in
 * flight.
 */
const JUMP = 1_000

const PRIVATE = 0o600
/** What a store needs at least to be opened, and the name of the file that tries it. */
const ROOM_BYTES = 256 * 1024
const ROOM = 'room'

/** The store may be whole, but this user or this disk does not let us open it. */
export class StoreClosed extends Error {
  constructor(folder: string, problem: string) {
    const cure = isFull(problem)
      ? 'Make room on its disk, or set CROSSFADE_HOME to a folder elsewhere.'
      : 'Give the folder and its files to the user that starts Crossfade, or set CROSSFADE_HOME to another folder.'
    super(`The store in ${folder} cannot be opened (${problem}). ${cure}`)
    this.name = 'StoreClosed'
  }
}

function isFull(problem: string): boolean {
  return /ENOSPC|EDQUOT|No space left|quota exceeded/i.test(problem)
}

/** Throws StoreDamaged or StoreClosed. */
export function openLmdbStore({ folder, ...options }: LmdbStoreOptions): Store {
  const problem = firstLook(folder)
  if (problem !== undefined) throw new StoreDamaged(folder, problem)
  return createLogStore({ ...options, journal: openJournal(folder) })
}

function firstLook(folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const problem = dataFileProblem(join(folder, 'data.mdb'))
    if (problem === undefined) findRoom(folder)
    return problem
  } catch (error) {
    throw new StoreClosed(folder, (error as Error).message)
  }
}

/** The library maps a file of its own into memory: on a full disk the process would end with a signal. */
function findRoom(folder: string): void {
  const path = join(folder, ROOM)
  try {
    writeFileSync(path, Buffer.alloc(ROOM_BYTES, 1), { mode: PRIVATE })
  } finally {
    rmSync(path, { force: true })
  }
}

function openJournal(folder: string): Journal {
  const root = opened(folder)
  const { log, facts } = readable(folder, () => ({
    log: root.openDB<Buffer, number>({ name: 'log', encoding: 'binary' }),
    facts: root.openDB<number, string>({ name: 'facts', encoding: 'json' }),
  }))
  const format = readable(folder, () => facts.get('format'))
  if (format !== undefined && format !== FORMAT) {
    throw new StoreDamaged(folder, `its format is ${format}, this program reads ${FORMAT}`)
  }
  let isNew = format === undefined
  return {
    load: () => readable(folder, () => load(folder, log, facts)),
    gather: () => new Promise(resolve => setImmediate(resolve)),
    async append(records) {
      const written = await root.batch(() => {
        if (isNew) void facts.put('format', FORMAT)
        for (const record of records) void log.put(record.revision, packRecord(record))
      })
      isNew = false
      if (!written) throw new Error('the store refused a batch of records')
    },
    async compact(revisions, oldestRevision) {
      await root.batch(() => {
        void facts.put('oldest', oldestRevision)
        for (const revision of revisions) void log.remove(revision)
      })
    },
    close: () => root.close(),
  }
}

function opened(folder: string): RootDatabase {
  const files = ['data.mdb', 'lock.mdb'].map(name => join(folder, name))
  const made = files.filter(file => !existsSync(file))
  try {
    const permissions = { permissionsMode: PRIVATE }
    const root = open({ path: folder, maxDbs: 4, overlappingSync: false, noMemInit: false, ...permissions })
    for (const file of files) chmodSync(file, PRIVATE)
    return root
  } catch (error) {
    // Half a file of ours would be taken for a damaged one at the next start.
    for (const file of made) rmSync(file, { force: true })
    const { message } = error as Error
    // LMDB's own complaints begin with MDB_; all others come from the system.
    throw message.includes('MDB_') ? new StoreDamaged(folder, message) : new StoreClosed(folder, message)
  }
}

/** What the library throws while it reads, it has found in the file. */
function readable<T>(folder: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof StoreDamaged ? error : new StoreDamaged(folder, (error as Error).message)
  }
}

function load(folder: string, log: Database<Buffer, number>, facts: Database<number, string>) {
  const records: JournalRecord[] = []
  for (const { key, value } of log.getRange()) {
    const record = unpackRecord(key, value)
    if ('problem' in record) throw new StoreDamaged(folder, `the record of revision ${key} ${record.problem}`)
    records.push(record)
  }
  if (records.length > 0 && facts.get('format') === undefined)
    throw new StoreDamaged(folder, 'it does not say its format')
  const last = records.at(-1)?.revision ?? 0
  return { records, oldestRevision: facts.get('oldest') ?? 0, next: last === 0 ? 1 : last + JUMP }
}
