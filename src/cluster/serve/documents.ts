// What describes the server rather than its objects: discovery, OpenAPI, version, the index. Each document is
// made when it is first asked for and kept until the set of kinds changes; clients that have it already get a
// 304.
import { createHash } from 'node:crypto'
import {
  aggregatedDiscovery,
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
} from '../describe/discovery.ts'
import {
  groupVersionPath,
  groupVersionPaths,
  openApiIndex,
  openApiV2,
  openApiV3,
} from '../describe/openapi/documents.ts'
import { openApiV2Protobuf } from '../describe/openapi/protobuf.ts'
import { versionInfo } from '../describe/version.ts'
import type { Json } from '../../std/json.ts'
import type { Resources } from '../resources/resources.ts'
import {
  type Answer,
  bytesAnswer,
  JSON_TYPE,
  noSuchResource,
  notAcceptable,
  pageNotFound,
} from './answers.ts'
import { accepts, negotiate, type Transform } from './negotiate.ts'
import type { ApiPath } from './paths.ts'
import { type ApiRequest, formRequest } from './request.ts'
import { wantsPretty } from './render.ts'
import { printYaml } from '../../doors/yaml.ts'

export interface Documents {
  /** Undefined when the path is not about a document. */
  answer(request: ApiRequest, path: ApiPath): Answer | undefined
}

interface Document {
  readonly value: Json
  readonly text: string
  readonly tag: string
  /** Another form of the same document, made when it is first asked for. */
  protobuf?: Buffer
}

export function createDocuments(resources: Resources): Documents {
  const kept = new Map<string, Document>()
  resources.onKindsChange(() => kept.clear())

  const document = (name: string, make: () => Json | undefined): Document | undefined => {
    const known = kept.get(name)
    if (known !== undefined) return known
    const value = make()
    // Names come from the URL: what there is not, is not kept.
    if (value === undefined) return undefined
    const made: Document = { value, ...printed(value) }
    kept.set(name, made)
    return made
  }

  return {
    answer(request, path) {
      if (path.type === 'resource' || path.type === 'nothing') return undefined
      if (path.type === 'other') return otherDocument(resources, request, document)
      return discoveryDocument(resources, request, { path, document })
    },
  }
}

type Keep = (name: string, make: () => Json | undefined) => Document | undefined

function printed(value: Json): { text: string; tag: string } {
  const text = `${JSON.stringify(value)}\n`
  return { text, tag: hashOf(text) }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').toUpperCase()
}

type DiscoveryPath = Exclude<ApiPath, { type: 'resource' | 'nothing' | 'other' }>

function discoveryDocument(
  resources: Resources,
  request: ApiRequest,
  { path, document }: { path: DiscoveryPath; document: Keep },
): Answer {
  const kinds = () => resources.kinds()
  switch (path.type) {
    case 'versions':
    case 'groups': {
      const aggregated = aggregatedForm(request)
      const which = path.type === 'versions' ? 'core' : 'others'
      if (aggregated !== undefined) {
        const made = document(`${which} ${aggregated}`, () => aggregatedDiscovery(kinds(), which, aggregated))
        return tagged(
          request,
          made,
          `${JSON_TYPE};g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList`,
        )
      }
      const address = request.raw.headers.host ?? ''
      return path.type === 'versions'
        ? plain(request, { value: apiVersions(address), ...printed(apiVersions(address)) })
        : plain(
            request,
            document('groups', () => apiGroupList(kinds())),
          )
    }
    case 'group': {
      const made = document(`group ${path.group}`, () => apiGroup(kinds(), path.group))
      return made === undefined ? pageNotFound() : plain(request, made)
    }
    case 'group-version': {
      const { group, version } = path
      const made = document(`resources ${group}/${version}`, () => apiResourceList(kinds(), group, version))
      if (made !== undefined) return plain(request, made)
      const isKnown = group === '' || kinds().some(kind => kind.group === group)
      return isKnown ? noSuchResource() : pageNotFound()
    }
  }
}

/** The newest aggregated form that the client likes better than the legacy one. */
function aggregatedForm(request: ApiRequest): 'v2' | 'v2beta1' | undefined {
  const canTransform = ({ group, version, kind }: Transform) =>
    group === 'apidiscovery.k8s.io' &&
    (version === 'v2' || version === 'v2beta1') &&
    kind === 'APIGroupDiscoveryList'
  const chosen = negotiate(request.raw.headers.accept, canTransform)
  if (typeof chosen === 'string') throw notAcceptable(['application/json', 'application/yaml'])
  return chosen.transform?.version as 'v2' | 'v2beta1' | undefined
}

function plain(request: ApiRequest, document: Document | undefined): Answer {
  if (document === undefined) return noSuchResource()
  const chosen = negotiate(request.raw.headers.accept, () => false)
  if (typeof chosen === 'string') throw notAcceptable(['application/json', 'application/yaml'])
  if (chosen.media === 'application/yaml') return bytesAnswer(200, chosen.media, [printYaml(document.value)])
  if (!wantsPretty(formRequest(request))) return bytesAnswer(200, JSON_TYPE, [document.text])
  return bytesAnswer(200, JSON_TYPE, [`${JSON.stringify(document.value, null, 2)}\n`])
}

function tagged(request: ApiRequest, document: Document | undefined, contentType: string): Answer {
  if (document === undefined) return noSuchResource()
  const headers = {
    'Cache-Control': 'public',
    'Content-Type': contentType,
    ETag: `"${document.tag}"`,
    Vary: 'Accept',
  }
  const isKnown = request.raw.headers['if-none-match'] === headers.ETag
  return isKnown ? { status: 304, headers, chunks: [] } : { status: 200, headers, chunks: [document.text] }
}

const OPENAPI_V3 = '/openapi/v3'

function otherDocument(resources: Resources, request: ApiRequest, document: Keep): Answer | undefined {
  const path = request.path.length > 1 ? request.path.replace(/\/$/, '') : request.path
  const kinds = resources.kinds()
  if (path === '/version') {
    const info = versionInfo({
      nodeVersion: process.version,
      platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
    })
    return bytesAnswer(200, JSON_TYPE, [`${JSON.stringify(info, null, 2)}\n`])
  }
  if (path === '/') {
    return bytesAnswer(200, JSON_TYPE, [`${JSON.stringify({ paths: indexPaths(resources) }, null, 2)}\n`])
  }
  if (path === OPENAPI_V3) {
    const made = document('openapi index', () => openApiIndex(openApiHashes(resources)))
    return tagged(request, made, JSON_TYPE)
  }
  if (path.startsWith(`${OPENAPI_V3}/`)) {
    const name = path.slice(OPENAPI_V3.length + 1)
    const made = document(`openapi ${name}`, () => openApiV3(kinds, name))
    return made === undefined ? undefined : tagged(request, made, JSON_TYPE)
  }
  if (path === '/openapi/v2')
    return openApiV2Answer(
      request,
      document('openapi v2', () => openApiV2(kinds)),
    )
  return undefined
}

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
/** Compat: in the answer a dot stands where clients write an `@`, which is no proper media type. */
const PROTOBUF_ANSWER = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

function openApiV2Answer(request: ApiRequest, document: Document | undefined): Answer {
  const { accept } = request.raw.headers
  if (document !== undefined && (accepts(accept, PROTOBUF) || accepts(accept, PROTOBUF_ANSWER))) {
    document.protobuf ??= openApiV2Protobuf(document.value)
    return bytesAnswer(200, PROTOBUF_ANSWER, [document.protobuf])
  }
  if (typeof negotiate(accept, () => false) === 'string') throw notAcceptable([JSON_TYPE, PROTOBUF])
  return tagged(request, document, JSON_TYPE)
}

/** A document's hash follows from what it is made of, so that the index needs none of the documents. */
function openApiHashes(resources: Resources): ReadonlyMap<string, string> {
  const kinds = resources.kinds()
  return new Map(
    groupVersionPaths(kinds).map(path => {
      const own = kinds.filter(kind => groupVersionPath(kind) === path)
      return [path, hashOf(JSON.stringify(own))]
    }),
  )
}

function indexPaths(resources: Resources): readonly string[] {
  const paths = groupVersionPaths(resources.kinds()).map(path => `/${path}`)
  const groups = paths
    .filter(path => path.startsWith('/apis/'))
    .map(path => path.slice(0, path.lastIndexOf('/')))
  const others = ['/api', '/apis', '/healthz', '/livez', '/metrics', OPENAPI_V3, '/readyz', '/version']
  return [...new Set([...paths, ...groups, ...others])].toSorted()
}
