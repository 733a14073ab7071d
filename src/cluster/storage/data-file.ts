// A look at LMDB's data file before it is mapped into memory: a file that was cut short or overwritten would end the
// process with a signal the moment a missing page is touched, and nobody would learn why.
//
// The two root pages hold, from byte 24: magic, version, address, map size, the trees of free pages (48; begins with
// the page size) and of everything else (96), last page (144), transaction (152).
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { treesProblem } from './page-tree.ts'

const MAGIC = 0xbeefc0de
const ROOT_BYTES = 160
const PAGE_SIZES = [4096, 8192, 16_384, 32_768, 65_536]

interface Root {
  readonly pageSize: number
  readonly lastPage: bigint
  readonly transaction: bigint
  readonly trees: readonly Buffer[]
}

/** What is wrong with the file, or undefined; a file that is not there yet is right. */
export function dataFileProblem(path: string): string | undefined {
  if (!existsSync(path)) return undefined
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    if (size === 0) return 'data.mdb is empty'
    const roots = rootsOf(file)
    if (roots.length === 0) return 'data.mdb is not a store, or its first pages are destroyed'
    const newest = roots.reduce((a, b) => (b.transaction > a.transaction ? b : a))
    const needed = (newest.lastPage + 1n) * BigInt(newest.pageSize)
    if (BigInt(size) < needed) return `data.mdb has ${size} bytes and should have ${needed} at least`
    const { pageSize, lastPage, trees } = newest
    return treesProblem({ descriptor: file, pageSize, pages: Number(lastPage) + 1 }, trees)
  } finally {
    closeSync(file)
  }
}

function rootsOf(file: number): Root[] {
  const first = rootAt(file, 0)
  const sizes = first ? [first.pageSize] : PAGE_SIZES
  return [first, ...sizes.map(size => rootAt(file, size))].filter(root => root !== undefined)
}

function rootAt(file: number, offset: number): Root | undefined {
  const bytes = Buffer.alloc(ROOT_BYTES)
  if (readSync(file, bytes, 0, ROOT_BYTES, offset) < ROOT_BYTES) return undefined
  if (bytes.readUInt32LE(24) !== MAGIC) return undefined
  const pageSize = bytes.readUInt32LE(48)
  if (!PAGE_SIZES.includes(pageSize)) return undefined
  return {
    pageSize,
    lastPage: bytes.readBigUInt64LE(144),
    transaction: bytes.readBigUInt64LE(152),
    trees: [bytes.subarray(48, 96), bytes.subarray(96, 144)],
  }
}
