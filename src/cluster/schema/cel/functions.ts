// How the rooms of Kubernetes' library hand their functions over: cel-js's signature, and what it does.

// oxlint-disable-next-line typescript/no-explicit-any -- the signature is the type
export type Functions = Readonly<Record<string, (...args: any[]) => unknown>>
