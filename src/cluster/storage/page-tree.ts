// A look at the pages of LMDB's data file, from a root down, before the library follows them: on a page that is not
// what it should be the library ends the process, or reads past its memory. A page begins with its number (0), flags
// (18), the ends of its offsets (20) and of its free room (22); from 24 on stand the offsets of its nodes, counted from
// there. A node: size or child (0, 2), flags (4), key's length (6), key, data. Data too large for a page stands on
// pages of its own, whose count is where the offsets' end would be.
import { readSync } from 'node:fs'

const HEADER = 24
const NODE = 8
const BRANCH = 1
const LEAF = 2
const OVERFLOW = 4
const KINDS = 15
const IS_BIG = 1
const IS_TREE = 2
const DEEPEST = 32
const NO_PAGE = 0xffff_ffff_ffff_ffffn
/** Of the tree's description: how deep it is, and its first page. */
const TREE_BYTES = 48
const TREE_DEPTH = 6
const TREE_ROOT = 40

export interface PagedFile {
  readonly descriptor: number
  readonly pageSize: number
  readonly pages: number
}

interface Walk extends PagedFile {
  /** Whatever has been seen, so that nothing is seen twice. */
  readonly seen: Set<number>
}

class Broken extends Error {}

/** What is wrong below the trees that these descriptions name, or undefined. */
export function treesProblem(file: PagedFile, trees: readonly Buffer[]): string | undefined {
  const walk = { ...file, seen: new Set<number>() }
  try {
    for (const tree of trees) checkTree(walk, tree)
    return undefined
  } catch (error) {
    if (error instanceof Broken) return error.message
    throw error
  }
}

function checkTree(walk: Walk, tree: Buffer): void {
  const root = tree.readBigUInt64LE(TREE_ROOT)
  const depth = tree.readUInt16LE(TREE_DEPTH)
  if (root === NO_PAGE) return
  check(depth >= 1 && depth <= DEEPEST, `a tree of its pages is ${depth} deep`)
  checkPage(walk, Number(root), depth)
}

/** `levels`: how many there are from this page down. */
function checkPage(walk: Walk, number: number, levels: number): void {
  const page = pageAt(walk, number)
  const broken = `its page ${number} is destroyed`
  check((page.readUInt16LE(18) & KINDS) === (levels === 1 ? LEAF : BRANCH), broken)
  const [lower, upper] = [page.readUInt16LE(20), page.readUInt16LE(22)]
  check(lower % 2 === 0 && lower <= upper && HEADER + upper <= walk.pageSize, broken)
  for (let at = HEADER; at < HEADER + lower; at += 2) {
    const offset = page.readUInt16LE(at)
    check(offset >= upper && HEADER + offset + NODE <= walk.pageSize, broken)
    const node = page.subarray(HEADER + offset)
    if (levels > 1) checkPage(walk, childOf(node), levels - 1)
    else checkLeaf(walk, node, broken)
  }
}

function checkLeaf(walk: Walk, node: Buffer, broken: string): void {
  const size = node.readUInt32LE(0)
  const flags = node.readUInt16LE(4)
  const data = NODE + node.readUInt16LE(6)
  const isBig = (flags & IS_BIG) !== 0
  check(data + (isBig ? HEADER : size) <= node.length, broken)
  if (isBig) return checkOverflow(walk, node.readBigUInt64LE(data), size)
  if ((flags & IS_TREE) === 0) return
  check(size === TREE_BYTES, broken)
  checkTree(walk, node.subarray(data, data + size))
}

function checkOverflow(walk: Walk, first: bigint, size: number): void {
  const number = Number(first)
  const page = pageAt(walk, number)
  const count = page.readUInt32LE(20)
  check(
    (page.readUInt16LE(18) & KINDS) === OVERFLOW &&
      number + count <= walk.pages &&
      HEADER + size <= count * walk.pageSize,
    `its page ${number} is destroyed`,
  )
  for (let next = number + 1; next < number + count; next++) see(walk, next)
}

function childOf(node: Buffer): number {
  return node.readUInt32LE(0) + node.readUInt16LE(4) * 2 ** 32
}

function pageAt(walk: Walk, number: number): Buffer {
  see(walk, number)
  const page = Buffer.alloc(walk.pageSize)
  const read = readSync(walk.descriptor, page, 0, walk.pageSize, number * walk.pageSize)
  check(
    read === walk.pageSize && page.readBigUInt64LE(0) === BigInt(number),
    `its page ${number} is destroyed`,
  )
  return page
}

function see({ seen, pages }: Walk, number: number): void {
  check(number < pages && !seen.has(number), `its page ${number} is named twice, or is none`)
  seen.add(number)
}

function check(isRight: boolean, problem: string): void {
  if (!isRight) throw new Broken(problem)
}
