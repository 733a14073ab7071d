// What an installation runs: nothing. npm is told so, nothing of ours waits to be run, and the packages that bring
// install scripts along are those that are known to work without.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const read = (name: string) => readFileSync(fileURLToPath(new URL(`../${name}`, import.meta.url)), 'utf8')

interface Lock {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>
}

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>
}

test('npm runs no script of a package', () => {
  expect(read('src/main/bootstrap.mjs')).toContain("'ci', '--ignore-scripts'")
})

test('no script of ours has to run by itself: the one that does only refuses', () => {
  const { scripts } = JSON.parse(read('package.json')) as Manifest
  const own = Object.keys(scripts)
  const lifecycle = /^(pre|post|install$|prepare$|dependencies$)/
  expect(own.filter(name => lifecycle.test(name))).toEqual(['prepack'])
  expect(scripts['prepack']).toBe('node src/main/bootstrap.cjs check-pack')
})

test('packages with install scripts are known, each with a build for its system in a package of its own', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as Lock
  const withScripts = Object.keys(packages).filter(name => packages[name]?.hasInstallScript === true)
  expect(withScripts.map(name => name.replace(/^.*node_modules\//, '')).toSorted()).toEqual([
    'esbuild',
    'lmdb',
    'msgpackr-extract',
  ])
  for (const built of [
    '@esbuild/linux-x64',
    '@esbuild/darwin-arm64',
    '@lmdb/lmdb-linux-x64',
    '@lmdb/lmdb-linux-arm64',
    '@lmdb/lmdb-darwin-arm64',
    '@msgpackr-extract/msgpackr-extract-linux-x64',
  ])
    expect(packages).toHaveProperty([`node_modules/${built}`])
})
