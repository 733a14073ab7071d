#!/usr/bin/env node
// What stands on the PATH as `crossfade`: with a Node that is too old a sentence, not a syntax error.
const { checkNode } = require('./node-version.cjs')

checkNode()
const { startProgram } = require('./crossfade.cjs')

startProgram()
