#!/usr/bin/env node
// What stands on the PATH as `kubectl-argo-rollouts`: runs the bundled command line (rollouts.cjs) from V8's
// compiled form of it, which saves a third of its start. The compiled form is made at the first run, and anew
// after a change of Node.
const { checkNode } = require('./node-version.cjs')

checkNode()
const { readFileSync, renameSync, writeFileSync } = require('node:fs')
const { Script } = require('node:vm')

const file = `${__dirname}/rollouts.cjs`
const cache = `${__dirname}/rollouts.${process.version}.cache`

const script = new Script(
  `(function(exports,require,module,__filename,__dirname){${readFileSync(file, 'utf8')}\n})`,
  { filename: file, cachedData: compiled() },
)
if (script.cachedDataRejected !== false) process.once('exit', keep)
script.runInThisContext()(exports, require, module, file, __dirname)

function compiled() {
  try {
    return readFileSync(cache)
  } catch {
    return undefined
  }
}

/** Where the folder can not be written to, there is no cache. */
function keep() {
  try {
    const own = `${cache}.${process.pid}`
    writeFileSync(own, script.createCachedData())
    renameSync(own, cache)
  } catch {
    return
  }
}
