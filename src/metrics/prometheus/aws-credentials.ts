// Who we are to Amazon, in the order in which its Go client looks: a named profile, or the environment, a token of the
// cluster, the default profile, the container, the machine. The library that knows them is loaded when it is needed.
import type { Metric } from '../../api/metric.ts'
import type { Environment } from '../../doors/outgoing/proxy.ts'
import type { RoundTrip } from '../../doors/outgoing/hop.ts'
import type { Instant } from '../../std/instant.ts'
import { awsWay } from './aws-way.ts'

type Authentication = NonNullable<NonNullable<Metric['provider']['prometheus']>['authentication']>
export type SigV4 = NonNullable<Authentication['sigv4']>

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

type Provider = () => Promise<Credentials>

export interface CredentialOptions {
  readonly env: Environment
  readonly region: string
  readonly now: Instant
  /** How Amazon is reached. */
  readonly roundTrip: RoundTrip
}

/** Asked anew so long before they end. */
const MARGIN_MS = 5 * 60_000

const known = new WeakMap<Environment, Map<string, Credentials>>()

/** Undefined: nobody knows any. */
export async function credentialsFrom(
  { profile = '', roleArn = '' }: SigV4,
  { env, region, now, roundTrip }: CredentialOptions,
): Promise<Credentials | undefined> {
  const id = JSON.stringify([profile, roleArn, region])
  const kept = known.get(env) ?? new Map<string, Credentials>()
  known.set(env, kept)
  const found = kept.get(id)
  if (found?.expiration !== undefined && found.expiration.getTime() - MARGIN_MS > now) return found
  const clientConfig = { region, requestHandler: awsWay(roundTrip) as never }
  const own = await firstOf(await providers(profile, env, clientConfig))
  if (own === undefined) return undefined
  const credentials = roleArn === '' ? own : await assumed(own, roleArn, clientConfig)
  if (credentials !== undefined) kept.set(id, credentials)
  return credentials
}

async function firstOf(all: readonly Provider[]): Promise<Credentials | undefined> {
  for (const provide of all) {
    const credentials = await provide().catch(() => undefined)
    if (credentials !== undefined) return credentials
  }
  return undefined
}

interface ClientConfig {
  readonly region: string
  readonly requestHandler: never
}

async function providers(
  profile: string,
  env: Environment,
  clientConfig: ClientConfig,
): Promise<readonly Provider[]> {
  const keys = keysIn(env)
  if (profile === '' && keys !== undefined) return [async () => keys]
  const library = await import('@aws-sdk/credential-providers')
  const files = {
    ...(env['AWS_SHARED_CREDENTIALS_FILE'] ? { filepath: env['AWS_SHARED_CREDENTIALS_FILE'] } : {}),
    ...(env['AWS_CONFIG_FILE'] ? { configFilepath: env['AWS_CONFIG_FILE'] } : {}),
  }
  const [tokenFile, role] = [env['AWS_WEB_IDENTITY_TOKEN_FILE'], env['AWS_ROLE_ARN']]
  const hasToken = profile === '' && !!tokenFile && !!role
  const isInContainer =
    !!env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] || !!env['AWS_CONTAINER_CREDENTIALS_FULL_URI']
  const isOnMachine = env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() !== 'true'
  return [
    ...(hasToken
      ? [library.fromTokenFile({ webIdentityTokenFile: tokenFile, roleArn: role, clientConfig })]
      : []),
    library.fromIni({ profile: profile || env['AWS_PROFILE'] || 'default', ...files, clientConfig }),
    ...(isInContainer ? [library.fromHttp({}), library.fromContainerMetadata()] : []),
    ...(isOnMachine && !isInContainer
      ? [library.fromInstanceMetadata({ timeout: METADATA_MS, maxRetries: 1 })]
      : []),
  ]
}

const METADATA_MS = 1000

function keysIn(env: Environment): Credentials | undefined {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'] || env['AWS_ACCESS_KEY']
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'] || env['AWS_SECRET_KEY']
  const sessionToken = env['AWS_SESSION_TOKEN']
  if (!accessKeyId || !secretAccessKey) return undefined
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
}

async function assumed(
  own: Credentials,
  roleArn: string,
  clientConfig: ClientConfig,
): Promise<Credentials | undefined> {
  const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers')
  const provide = fromTemporaryCredentials({
    masterCredentials: own,
    params: { RoleArn: roleArn, RoleSessionName: 'crossfade' },
    clientConfig,
  })
  return firstOf([() => provide()])
}
