// kubectl's own flags, which every command takes. What they mean is the business of whoever connects.
import type { Flag } from './command.ts'

const NAMESPACE: Flag = {
  name: 'namespace',
  short: 'n',
  kind: 'text',
  value: 'NAMESPACE',
  about: 'The namespace to work in',
}

export const GLOBAL_FLAGS: readonly Flag[] = [
  { name: 'as', kind: 'text', value: 'USER', about: 'Act as this user' },
  {
    name: 'as-group',
    kind: 'list',
    value: 'GROUP',
    about: 'Act as a member of this group (may be repeated)',
  },
  { name: 'as-uid', kind: 'text', value: 'UID', about: 'Act with this UID' },
  { name: 'cache-dir', kind: 'text', value: 'FOLDER', about: 'Accepted; nothing is cached' },
  { name: 'certificate-authority', kind: 'text', value: 'FILE', about: 'Certificates to trust' },
  { name: 'client-certificate', kind: 'text', value: 'FILE', about: 'Certificate to show' },
  { name: 'client-key', kind: 'text', value: 'FILE', about: 'Key of that certificate' },
  { name: 'cluster', kind: 'text', value: 'NAME', about: 'Cluster of the kubeconfig to use' },
  { name: 'context', kind: 'text', value: 'NAME', about: 'Context of the kubeconfig to use' },
  { name: 'disable-compression', kind: 'switch', about: 'Ask for answers that are not compressed' },
  { name: 'insecure-skip-tls-verify', kind: 'switch', about: "Do not check the server's certificate" },
  { name: 'kloglevel', short: 'v', kind: 'text', value: 'LEVEL', about: 'Accepted; there is no such log' },
  { name: 'kubeconfig', kind: 'text', value: 'FILE', about: 'The kubeconfig to use' },
  { name: 'loglevel', kind: 'text', value: 'LEVEL', about: 'Accepted; there is no such log' },
  NAMESPACE,
  {
    name: 'request-timeout',
    kind: 'text',
    value: 'DURATION',
    about: 'How long one request may take; 0 is for ever',
  },
  { name: 'server', short: 's', kind: 'text', value: 'URL', about: 'The API server' },
  {
    name: 'tls-server-name',
    kind: 'text',
    value: 'NAME',
    about: "Name that the server's certificate must have",
  },
  { name: 'token', kind: 'text', value: 'TOKEN', about: 'Bearer token' },
  { name: 'user', kind: 'text', value: 'NAME', about: 'User of the kubeconfig to be' },
]

export const OUTPUT: Flag = {
  name: 'output',
  short: 'o',
  kind: 'text',
  value: 'json|yaml|wide',
  about: 'Print data for machines',
}

export const NO_COLOUR: Flag = { name: 'no-color', kind: 'switch', about: 'Print without colours' }

export const WATCH: Flag = { name: 'watch', short: 'w', kind: 'switch', about: 'Go on and show changes' }
