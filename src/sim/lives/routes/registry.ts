// The routers that lives are played with; a new one is its file and a line here.
import { alb } from './alb.ts'
import { ambassador } from './ambassador.ts'
import { apisix } from './apisix.ts'
import { httpRoute } from './http-route.ts'
import { istio, istioSubsets } from './istio.ts'
import type { LifeRoute } from './life-route.ts'
import { nginx } from './nginx.ts'
import { smi } from './smi.ts'
import { traefik } from './traefik.ts'

export const LIFE_ROUTES = {
  nginx,
  ambassador,
  httpRoute,
  istio,
  istioSubsets,
  alb,
  smi,
  traefik,
  apisix,
} satisfies Readonly<Record<string, LifeRoute>>

export type LifeRouter = keyof typeof LIFE_ROUTES
