// Kubeconfig files as kubectl reads them.
import { describe, expect, test } from 'vitest'
import { accessFrom, accessInCluster } from './kubeconfig.ts'

const files: Record<string, string> = {
  '/a/config': `
apiVersion: v1
kind: Config
current-context: blue
clusters:
- {name: blue, cluster: {server: "https://blue:6443/", certificate-authority: ca.pem, tls-server-name: kubernetes}}
- name: green
  cluster: {server: "https://green:6443", certificate-authority-data: Q0E=, proxy-url: "http://proxy:3128"}
users:
- {name: anna, user: {token: secret-1}}
- {name: bert, user: {tokenFile: tokens/bert, token: ignored, as: carl, as-groups: [g1, g2]}}
- {name: dora, user: {exec: {command: ./login, args: [x], env: [{name: A, value: b}], provideClusterInfo: true}}}
contexts:
- {name: blue, context: {cluster: blue, user: anna, namespace: shop}}
- {name: green, context: {cluster: green, user: bert}}
- {name: exec, context: {cluster: green, user: dora}}
`,
  '/b/config': `
current-context: other
clusters:
- {name: blue, cluster: {server: "https://not-this-one"}}
- {name: insecure, cluster: {server: "https://i", insecure-skip-tls-verify: true}}
contexts:
- {name: other, context: {cluster: insecure, user: anna}}
`,
  '/bad': 'a: [',
  '/socks': `
current-context: c
clusters: [{name: c, cluster: {server: "https://c", proxy-url: "socks5://user:hidden@p"}}]
contexts: [{name: c, context: {cluster: c}}]
`,
}
const read = (path: string) => files[path]

function refusalOf(path: string): string {
  try {
    return `taken: ${JSON.stringify(accessFrom([path], read))}`
  } catch (error) {
    return String(error)
  }
}

describe('a kubeconfig', () => {
  test('gives server, authority, user and namespace of its current context', () => {
    expect(accessFrom(['/a/config'], read)).toMatchObject({
      server: 'https://blue:6443',
      authority: { file: '/a/ca.pem' },
      serverName: 'kubernetes',
      insecureSkipVerify: false,
      credentials: { token: { text: 'secret-1' } },
      namespace: 'shop',
      context: 'blue',
    })
  })
  test('is joined with others: the first to name a thing wins', () => {
    const access = accessFrom(['/nowhere', '/a/config', '/b/config'], read, { context: 'other' })
    expect(access).toMatchObject({
      server: 'https://i',
      insecureSkipVerify: true,
      credentials: { token: { text: 'secret-1' } },
    })
    expect(accessFrom(['/a/config', '/b/config'], read).server).toBe('https://blue:6443')
  })
  test('knows rotated tokens, impersonation, proxies and plug-ins', () => {
    expect(accessFrom(['/a/config'], read, { context: 'green' })).toMatchObject({
      authority: { text: 'CA' },
      proxyUrl: 'http://proxy:3128',
      credentials: { token: { file: '/a/tokens/bert' }, impersonate: { user: 'carl', groups: ['g1', 'g2'] } },
      namespace: 'default',
    })
    expect(accessFrom(['/a/config'], read, { context: 'exec' }).credentials.exec).toMatchObject({
      command: '/a/login',
      args: ['x'],
      env: { A: 'b' },
      cluster: { server: 'https://green:6443' },
    })
  })
  test('is overridden by flags', () => {
    const overrides = { server: 'https://elsewhere', token: 't', namespace: 'n' }
    expect(accessFrom(['/a/config'], read, overrides)).toMatchObject({
      server: 'https://elsewhere',
      credentials: { token: { text: 't' } },
      namespace: 'n',
    })
  })
  test('says what is wrong with it', () => {
    expect(() => accessFrom(['/a/config'], read, { context: 'pink' })).toThrow(
      'no context is called pink in /a/config',
    )
    expect(() => accessFrom(['/nowhere'], read)).toThrow('there is no kubeconfig at /nowhere; set KUBECONFIG')
    expect(() => accessFrom(['/bad'], read)).toThrow('/bad cannot be read: line 2')
    expect(refusalOf('/socks')).toContain('only http:// and https:// proxies')
    expect(refusalOf('/socks')).not.toContain('hidden')
  })
  test('is not needed inside a pod', () => {
    const folder = '/var/run/secrets/kubernetes.io/serviceaccount'
    const mounted: Record<string, string> = { [`${folder}/token`]: 't', [`${folder}/namespace`]: 'argo\n' }
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }
    expect(accessInCluster(env, path => mounted[path])).toMatchObject({
      server: 'https://[fd00::1]:443',
      authority: { file: `${folder}/ca.crt` },
      credentials: { token: { file: `${folder}/token` } },
      namespace: 'argo',
    })
    expect(accessInCluster({}, path => mounted[path])).toBeUndefined()
  })
})
