// What is generated from the code stands in the tree as the code gives it. UPDATE=1 writes it anew.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { crds, OWN_KINDS } from '../src/api/crds.ts'
import { install } from '../src/controller/install.ts'
import { manifestYaml } from '../src/controller/manifest-yaml.ts'
import { referencePage } from './reference-page.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const HEAD = 'Generated from src/. Write it anew with: UPDATE=1 npx vitest run test/generated.test.ts'
const where = { image: 'crossfade:latest', namespace: 'crossfade' }

const generated: ReadonlyMap<string, string> = new Map([
  ...crds().map(
    crd => [`manifests/crds/${crd.spec.names.plural}.yaml`, `# ${HEAD}\n${manifestYaml([crd])}`] as const,
  ),
  ['manifests/install.yaml', `# ${HEAD}\n${manifestYaml(install(where))}`],
  ['manifests/namespace-install.yaml', `# ${HEAD}\n${manifestYaml(install({ ...where, namespaced: true }))}`],
  ...OWN_KINDS.map(
    own =>
      [
        `docs/reference/${own.kind.kind.toLowerCase()}.md`,
        `<!-- ${HEAD} -->\n\n${referencePage(own)}\n`,
      ] as const,
  ),
])

describe('generated files are what the code gives', () => {
  for (const [path, text] of generated) {
    test(path, () => {
      const file = join(root, path)
      if (process.env['UPDATE'] === '1') {
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, text)
      }
      expect(existsSync(file) ? readFileSync(file, 'utf8') : 'there is no such file').toBe(text)
    })
  }
  test('and no others lie beside them', () => {
    const there = ['manifests', 'docs/reference'].flatMap(folder =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath, entry.name).slice(root.length)),
    )
    expect(there.toSorted()).toEqual([...generated.keys()].toSorted())
  })
})
