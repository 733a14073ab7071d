// Routes as tests, the fuzzer and benchmarks put them before a proxy.
import type { Endpoint, Route } from './route.ts'

export function endpointAt(port: number): Endpoint {
  return {
    pod: `pod-${port}`,
    rollout: 'web',
    hash: 'abc',
    revision: 'web/abc',
    app: 'web',
    role: 'stable',
    version: 'v1',
    host: '127.0.0.1',
    port,
  }
}

export function aRoute(endpoints: readonly Endpoint[], more: Partial<Route> = {}): Route {
  return {
    id: 'web',
    host: 'web.test',
    path: { how: 'prefix', value: '/' },
    headers: [],
    backends: [{ namespace: 'shop', service: 'web', weight: 1, endpoints }],
    from: '/services/shop/web',
    isImplicit: false,
    ...more,
  }
}
