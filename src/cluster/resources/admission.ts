// What a kind's hooks may see of the world while a write is prepared.
import type { Behaviour, Surroundings } from './behaviour.ts'
import type { Core } from './core.ts'
import type { WriteOptions } from './resources.ts'
import { badRequest, forbiddenRequest, invalidObject } from './refusals.ts'

export function surroundings(
  core: Core,
  behaviour: Behaviour,
  name: string,
  { warnings, options }: { readonly warnings: string[]; readonly options: WriteOptions },
): Surroundings {
  const { addresses } = core
  return {
    now: core.now(),
    user: options.user ?? 'admin',
    dryRun: options.dryRun === true,
    nodeName: core.nodeName,
    freePodAddress: addresses.freePodAddress,
    freeServiceAddress: addresses.freeServiceAddress,
    freeNodePort: addresses.freeNodePort,
    isServiceAddressTaken: addresses.isServiceAddressTaken,
    isNodePortTaken: addresses.isNodePortTaken,
    all: resource => core.store.newestOf(resource).map(entry => entry.value),
    find: (resource, namespace, wanted) => core.store.newest(`${resource}/${namespace}/${wanted}`)?.value,
    refuse(why) {
      throw forbiddenRequest(behaviour.kind, name, why)
    },
    badRequest(why) {
      throw badRequest(why)
    },
    refuseInvalid(problem) {
      throw invalidObject(behaviour.kind, name, [problem])
    },
    warn: text => void warnings.push(text),
  }
}
