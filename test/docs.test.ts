// What the documents name exists: files, and the tests that COMPAT.md points to.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const DOCUMENTS = [
  'README.md',
  'README.zh-CN.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter(isPage)
    .map(name => `docs/${name}`),
]

function isPage(name: string): boolean {
  return name.endsWith('.md')
}

/** Paths in backticks: `src/…`, `test/…`, `bench/…`, `docs/…`, and in DEPENDENCIES.md folders and files below src. */
function missingFiles(text: string, below = ''): string[] {
  const named = [...text.matchAll(/`((?:src|test|bench|docs|manifests|examples)\/[\w./-]*[\w])/g)].map(
    match => match[1] as string,
  )
  const inside =
    below === '' ? [] : [...text.matchAll(/`([a-z-]+\/[a-z./-]+)`/g)].map(match => `${below}/${match[1]}`)
  return [...named, ...inside].filter(path => !existsSync(join(root, path)))
}

interface NamedTest {
  readonly file: string
  readonly name: string
}

/** `` `path.test.ts`: the test's name `` in the last column of a table. */
function testsNamed(text: string): NamedTest[] {
  return text
    .split('\n')
    .filter(line => line.startsWith('|'))
    .flatMap(line =>
      [...line.matchAll(/`([\w./-]+\.(?:test|suite)\.ts)`: ([^|;]+)/g)].map(match => ({
        file: match[1] as string,
        name: (match[2] as string).trim(),
      })),
    )
}

function missingTests(text: string): string[] {
  return testsNamed(text)
    .filter(({ file, name }) => !existsSync(join(root, file)) || !plain(read(file)).includes(plain(name)))
    .map(({ file, name }) => `${file}: ${name}`)
}

/** Quotes may be escaped in one and not in the other, and a sentence may be broken over lines. */
function plain(text: string): string {
  return text.replace(/[\\`'"]/g, '').replace(/\s+/g, ' ')
}

/** What the rows of all tables of a page are about, where two are about the same. */
function toldTwice(text: string): string[] {
  const about = text
    .split('\n')
    .filter(line => line.startsWith('| '))
    .map(line => (line.split('|')[1] ?? '').trim())
    .filter(cell => cell !== '' && cell !== '---' && !HEADS.has(cell))
  return about.filter((cell, i) => about.indexOf(cell) !== i)
}

const HEADS: ReadonlySet<string> = new Set(['what', 'when', 'message', 'command', 'flag', 'folder', 'field'])

describe('the documents', () => {
  test.each(DOCUMENTS)('%s names only files that are there', document => {
    expect(missingFiles(read(document), document.endsWith('DEPENDENCIES.md') ? 'src' : '')).toEqual([])
  })
  test.each(DOCUMENTS)('%s tells nothing twice in its tables', document => {
    expect(toldTwice(read(document))).toEqual([])
  })
  test('COMPAT.md names only tests that are there, and names some', () => {
    const text = read('docs/COMPAT.md')
    expect(missingTests(text)).toEqual([])
    expect(testsNamed(text).length).toBeGreaterThan(10)
  })
  test('every direct dependency stands in DEPENDENCIES.md', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
    const text = read('docs/DEPENDENCIES.md')
    expect(Object.keys(dependencies).filter(name => !text.includes(`\`${name}\``))).toEqual([])
  })
  test('every direct dependency is imported by the product', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts') && !/\.(test|suite)\.ts$/.test(name))
      .map(name => read(join('src', name)))
      .join('\n')
    const isImported = (name: string) => sources.includes(`'${name}'`) || sources.includes(`'${name}/`)
    expect(Object.keys(dependencies).filter(name => !isImported(name))).toEqual([])
  })
  test('a file or a test that is not there is found', () => {
    expect(missingFiles('see `src/std/no-such-file.ts`')).toEqual(['src/std/no-such-file.ts'])
    expect(toldTwice('| what | x |\n| a | 1 |\n| a | 2 |')).toEqual(['a'])
    expect(missingTests('| x | `src/main/home.test.ts`: no such sentence |')).toHaveLength(1)
  })
})
