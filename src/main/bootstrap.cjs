// What npm calls: bootstrap.mjs, once this Node can read it.
const { checkNode } = require('./node-version.cjs')

checkNode()
import('./bootstrap.mjs')
