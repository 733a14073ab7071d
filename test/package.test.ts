// What `npm run pack` gives people to take home: the product, and nothing of the workshop.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface Packed {
  readonly name: string
  readonly size: number
  readonly files: readonly { readonly path: string; readonly mode: number }[]
}

const SIZE_MAX = 3_000_000

test('the package holds what runs: no tests, no caches, no sources', () => {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
  })
  const [packed] = JSON.parse(stdout) as readonly [Packed]
  const paths = packed.files.map(({ path }) => path)
  expect(packed.name).toMatch(/^@[a-z]+\/crossfade$/)
  expect(paths).toEqual(
    expect.arrayContaining([
      'README.md',
      'LICENSE',
      'package.json',
      'dist/bin/crossfade',
      'dist/bin/rollouts.cjs',
    ]),
  )
  const foreign = paths.filter(path => path.includes('/') && !path.startsWith('dist/'))
  expect(foreign).toEqual([])
  expect(
    paths.filter(path => /\.(test|suite)\.|(^|\/)test\/|\.cache|\.tsx?$|scripts\/|\.built/.test(path)),
  ).toEqual([])
  expect(packed.size).toBeLessThan(SIZE_MAX)
}, 30_000)

test('a tree that is not built is not packed, and says how it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'crossfade-pack-'))
  try {
    const needed = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'src/main']
    for (const name of needed) cpSync(name, join(folder, name), { recursive: true })
    const { status, stderr } = spawnSync('npm', ['pack', '--dry-run'], { cwd: folder, encoding: 'utf8' })
    expect(status).not.toBe(0)
    expect(stderr).toContain('dist/ is not built from these sources. Run: npm run pack')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 30_000)
