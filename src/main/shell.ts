// Words as a shell reads them, and the two lines that every shell needs to use the embedded cluster.

export function shellExports({ kubeconfig, programs }: { kubeconfig: string; programs: string }): string {
  return [`export KUBECONFIG=${shellWord(kubeconfig)}`, `export PATH=${shellWord(programs)}:$PATH`].join('\n')
}

/** Quoted only where it must be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
