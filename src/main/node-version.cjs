// Read by every Node, however old: says what is needed before anything newer is parsed.
exports.checkNode = function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  process.stderr.write(
    `crossfade needs Node 20.19 or newer; this is Node ${process.versions.node}. Install a newer Node and try again.\n`,
  )
  process.exit(1)
}
