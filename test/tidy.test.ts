// The rules of the house that a machine can check: the import table, purity, sizes, names, words that must not appear.
// Each check is a function of a list of files, so that the last tests can show it failing on a broken one.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { CLUSTER_ROOMS, LAYERS, PACKAGES, PLUGIN_ROOMS, PURITY_EXCEPTIONS } from './layers.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

interface SourceFile {
  /** Relative to the project's root, with forward slashes. */
  readonly path: string
  readonly text: string
}

function sources(): SourceFile[] {
  return ['src', 'test', 'bench'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && /\.(ts|mjs|cjs|tsx)$/.test(entry.name))
      .map(entry => relative(root, join(entry.parentPath, entry.name)))
      .filter(path => !path.includes('node_modules'))
      .map(path => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  )
}

const isTest = (path: string) => /\.(test|suite)\.ts$/.test(path) || path.startsWith('test/')

function importsOf(file: SourceFile): string[] {
  return [...file.text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(match =>
    join(dirname(file.path), match[1] as string),
  )
}

function wallsBroken(files: readonly SourceFile[]): string[] {
  return files
    .filter(file => file.path.startsWith('src/') && !isTest(file.path))
    .flatMap(file =>
      importsOf(file)
        .filter(target => !mayImport(file.path.slice(4), target.slice(4)))
        .map(target => `${file.path} must not import ${target}`),
    )
}

function mayImport(from: string, to: string): boolean {
  const [folder, room] = from.split('/') as [string, string]
  const [target, targetRoom] = to.split('/') as [string, string]
  const plugins = Object.keys(PLUGIN_ROOMS).find(one => folder === target && to.startsWith(`${one}/`))
  if (plugins !== undefined) return from === PLUGIN_ROOMS[plugins] || from.startsWith(`${plugins}/`)
  if (folder === target) return folder !== 'cluster' || room === targetRoom || mayEnter(room, targetRoom, to)
  const allowed = LAYERS[folder]?.imports ?? []
  return allowed.some(one => to === one || to.startsWith(`${one}/`))
}

function mayEnter(room: string, target: string, to: string): boolean {
  if (room === 'sim' || room.endsWith('.ts')) return true
  return (CLUSTER_ROOMS[room] ?? []).includes(target) || to.endsWith('.json')
}

const product = (files: readonly SourceFile[]) =>
  files.filter(file => file.path.startsWith('src/') && !isTest(file.path))

const PACKAGE_IMPORTS = [
  /^(?:import|export) [\w\s,{}*$]*\bfrom '([^.'][^']*)'/gm,
  /^import '([^.'][^']*)'/gm,
  /\b(?:import|require)\('([^.'][^']*)'\)/g,
]

/** Packages and modules of Node's that a file imports; of `a/b` and `@a/b/c` what package.json names. */
function packagesOf(file: SourceFile): string[] {
  const names = PACKAGE_IMPORTS.flatMap(form => [...file.text.matchAll(form)].map(match => match[1] ?? ''))
  return names.map(name =>
    name.startsWith('node:') ? name : (/^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name),
  )
}

function packagesMisplaced(files: readonly SourceFile[]): string[] {
  return product(files).flatMap(file =>
    packagesOf(file)
      .filter(name => !(PACKAGES[name] ?? []).some(one => isWithin(file.path.slice(4), one)))
      .map(name => `${file.path} must not import ${name}`),
  )
}

const isWithin = (path: string, place: string) => path === place || path.startsWith(`${place}/`)

/** Lines of the table that nobody needs any more. */
function packagesUnused(files: readonly SourceFile[]): string[] {
  const used = product(files).flatMap(file =>
    packagesOf(file).map(name => ({ name, path: file.path.slice(4) })),
  )
  return Object.entries(PACKAGES).flatMap(([name, places]) =>
    places
      .filter(place => !used.some(one => one.name === name && isWithin(one.path, place)))
      .map(place => `nothing in ${place} imports ${name}`),
  )
}

const IMPURE: readonly (readonly [word: string, pattern: RegExp])[] = [
  ['async', /\basync\b/],
  ['await', /\bawait\b/],
  ['Promise', /\bPromise\b/],
  ['node:', /'node:/],
  ['Date', /\bDate\b/],
  ['Math.random', /Math\.random/],
  ['setTimeout', /\bset(Timeout|Interval|Immediate)\b/],
  ['process', /\bprocess\.\w/],
  ['console', /\bconsole\.\w/],
  ['catch', /\bcatch\b/],
]

function impurities(files: readonly SourceFile[]): string[] {
  return files
    .filter(file => file.path.startsWith('src/') && !isTest(file.path))
    .filter(file => LAYERS[file.path.split('/')[1] as string]?.pure)
    .flatMap(file => {
      const allowed = PURITY_EXCEPTIONS[file.path.slice(4)] ?? []
      const code = withoutComments(file.text)
      return IMPURE.filter(([word, pattern]) => !allowed.includes(word) && pattern.test(code)).map(
        ([word]) => `${file.path} uses ${word}`,
      )
    })
}

function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:'"`])\/\/.*$/gm, '$1')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, literal => (literal.startsWith("'node:") ? literal : "''"))
    .replace(/`(?:[^`\\]|\\.)*`/g, literal => literal.replace(/(^|\})[^$}]*/g, '$1'))
}

function sizesExceeded(files: readonly SourceFile[]): string[] {
  return files.flatMap(file => {
    const lines = file.text.split('\n')
    const long = lines.findIndex(line => line.length > 120)
    return [
      ...(lines.length > 600 ? [`${file.path} has ${lines.length} lines; 600 is the limit`] : []),
      ...(long >= 0 ? [`${file.path}:${long + 1} is longer than 120 characters`] : []),
    ]
  })
}

function foldersTooFull(files: readonly SourceFile[]): string[] {
  const counts = new Map<string, number>()
  for (const file of files) {
    if (!file.path.startsWith('src/') || isTest(file.path)) continue
    counts.set(dirname(file.path), (counts.get(dirname(file.path)) ?? 0) + 1)
  }
  return [...counts]
    .filter(([, count]) => count > 30)
    .map(([folder, count]) => `${folder} holds ${count} files`)
}

function badNames(files: readonly SourceFile[]): string[] {
  return files
    .filter(
      file => /(^|\/)(utils?|helpers?|common|misc|types)(\.|\/)/.test(file.path) || /[A-Z_]/.test(file.path),
    )
    .map(file => `${file.path}: the name does not say what it is`)
}

const BANNED = [
  /\/work\//,
  /\.\.\/shared/,
  /\bsubagent/i,
  /\bTODO\b/,
  /\bFIXME\b/,
  /eslint-disable(?!-next-line)/,
]

function bannedWords(files: readonly SourceFile[]): string[] {
  return files
    .filter(file => file.path !== 'test/tidy.test.ts')
    .flatMap(file => BANNED.filter(word => word.test(file.text)).map(word => `${file.path} contains ${word}`))
}

/** How a test waits for time, or measures it, instead of awaiting what it is about. */
const REAL_TIME: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['performance.now', /\bperformance\.now\b/],
  ['Date.now()', /\bDate\.now\(\)/],
  ['process.hrtime', /\bprocess\.hrtime\b/],
  ['timers/promises', /\btimers\/promises\b/],
  // A socket's own setTimeout is no sleep, and a clock made of another is none.
  ['setTimeout', /(?<![.\w])set(Timeout|Interval)\(/],
  ['a sleep', /\bawait systemClock\.sleepUntil\(/],
  ['a stop-watch', /\bsystemClock\.now\(\) -/],
]

function realTimeInTests(files: readonly SourceFile[]): string[] {
  return files
    .filter(file => /\.(test|suite)\.ts$/.test(file.path) && file.path !== 'test/tidy.test.ts')
    .flatMap(file =>
      REAL_TIME.filter(([, pattern]) => pattern.test(file.text)).map(([what]) => `${file.path} has ${what}`),
    )
}

function withoutHead(files: readonly SourceFile[]): string[] {
  return files
    .filter(file => !/^(#!.*\n)?(\/\/ |\/\*\*?)/.test(file.text))
    .map(file => `${file.path} does not say at its head what it is`)
}

describe('the house is tidy', () => {
  const files = sources()
  test('folders import only what the import table allows', () => expect(wallsBroken(files)).toEqual([]))
  test('packages stand behind the doors of the import table, and each door is used', () => {
    expect(packagesMisplaced(files)).toEqual([])
    expect(packagesUnused(files)).toEqual([])
  })
  test('the pure storeys are pure', () => expect(impurities(files)).toEqual([]))
  test('no file has more than 600 lines, no line more than 120 characters', () =>
    expect(sizesExceeded(files)).toEqual([]))
  test('no folder holds more than 30 files', () => expect(foldersTooFull(files)).toEqual([]))
  test('every file name says what it holds', () => expect(badNames(files)).toEqual([]))
  test('nothing speaks of where it was made', () => expect(bannedWords(files)).toEqual([]))
  test('no test sleeps or measures time', () => expect(realTimeInTests(files)).toEqual([]))
  test('every file says at its head what it is', () => expect(withoutHead(files)).toEqual([]))
})

describe('the checks fail when a rule is broken', () => {
  const broken = (path: string, text: string) => [{ path, text }]
  test('a wall', () => {
    expect(wallsBroken(broken('src/kube/x.ts', "import { a } from '../rollout/a.ts'"))).toHaveLength(1)
    expect(wallsBroken(broken('src/cluster/storage/x.ts', "import { a } from '../serve/a.ts'"))).toHaveLength(
      1,
    )
    expect(wallsBroken(broken('src/rollout/x.ts', "import { a } from '../analysis/judge.ts'"))).toHaveLength(
      1,
    )
    expect(
      wallsBroken(broken('src/rollout/x.ts', "import { a } from '../analysis/make-run.ts'")),
    ).toHaveLength(0)
  })
  test('a room of plug-ins', () => {
    const job = "import { job } from './providers/job.ts'"
    expect(wallsBroken(broken('src/analysis/decide.ts', job))).toHaveLength(1)
    expect(wallsBroken(broken('src/analysis/registry.ts', job))).toHaveLength(0)
  })
  test('a package', () => {
    const misplaced = (path: string, text: string) => packagesMisplaced(broken(path, text))
    expect(misplaced('src/cli/x.ts', "import yaml from 'js-yaml'")).toEqual([
      'src/cli/x.ts must not import js-yaml',
    ])
    expect(misplaced('src/cli/x.ts', "const { dump } = await import('js-yaml')")).toHaveLength(1)
    expect(misplaced('src/cli/x.ts', "import {\n  a,\n} from '@scope/unknown/deep'")).toEqual([
      'src/cli/x.ts must not import @scope/unknown',
    ])
    expect(misplaced('src/view/x.ts', "import { readFileSync } from 'node:fs'")).toHaveLength(1)
    expect(misplaced('src/main/x.ts', "import { readFile } from 'node:fs/promises'")).toHaveLength(1)
    expect(misplaced('src/doors/yaml.ts', "import yaml from 'js-yaml'")).toEqual([])
    expect(misplaced('src/doors/yaml.test.ts', "import { test } from 'vitest'")).toEqual([])
    expect(packagesUnused(broken('src/doors/x.ts', ''))).toContain('nothing in doors/yaml.ts imports js-yaml')
  })
  test('purity', () => {
    expect(impurities(broken('src/rollout/x.ts', 'const now = Date.now()'))).toHaveLength(1)
    expect(impurities(broken('src/kube/x.ts', 'export async function f() { await g() }'))).toHaveLength(2)
    expect(impurities(broken('src/kube/x.ts', '// a Promise that nobody catches\n'))).toHaveLength(0)
  })
  test('sizes', () => {
    expect(sizesExceeded(broken('src/x.ts', 'a\n'.repeat(601)))).toHaveLength(1)
    expect(sizesExceeded(broken('src/x.ts', 'a'.repeat(121)))).toHaveLength(1)
    const many = Array.from({ length: 31 }, (_, i) => ({ path: `src/api/f${i}.ts`, text: '' }))
    expect(foldersTooFull(many)).toHaveLength(1)
  })
  test('time in tests', () => {
    const found = (text: string) => realTimeInTests(broken('src/api/x.test.ts', text))
    expect(found('await new Promise(resolve => setTimeout(resolve, 100))')).toHaveLength(1)
    expect(found('const from = performance.now()')).toHaveLength(1)
    expect(found('expect(Date.now() - began).toBeLessThan(5000)')).toHaveLength(1)
    expect(found("import { setTimeout } from 'node:timers/promises'")).toHaveLength(1)
    expect(found('await systemClock.sleepUntil(systemClock.now() + 5, signal)')).toHaveLength(1)
    expect(found('expect(systemClock.now() - from).toBeLessThan(5)')).toHaveLength(1)
    expect(found('socket.setTimeout(300, () => socket.destroy())')).toEqual([])
    expect(found('await vi.waitUntil(() => store.has(kind))')).toEqual([])
    expect(realTimeInTests(broken('src/runtime/x.ts', 'setTimeout(wake, 5)'))).toEqual([])
  })
  test('names, words, heads', () => {
    expect(badNames(broken('src/api/utils.ts', ''))).toHaveLength(1)
    expect(bannedWords(broken('src/api/x.ts', '// TODO later'))).toHaveLength(1)
    expect(withoutHead(broken('src/api/x.ts', 'export {}'))).toHaveLength(1)
  })
})
