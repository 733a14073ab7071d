// The one node that every pod is bound to, as an object. It is simulated as its pods are, so that its size is a choice:
// room for whatever a workload asks for, but not for a pod that no machine could hold.
import type { Json, JsonObject } from '../../../std/json.ts'
import { printInstant } from '../../../std/instant.ts'
import type { Instant } from '../../../std/instant.ts'
import { GIT_VERSION } from './kubernetes-level.ts'

const ROOM = { cpu: '64', 'ephemeral-storage': '1Ti', memory: '256Gi', pods: '10k' }
const OS = 'linux'
const ARCHITECTURE = 'amd64'
const ADDRESS = '127.0.0.1'
const POD_RANGE = '10.88.0.0/16'

type Told = readonly [type: string, status: 'True' | 'False', reason: string, message: string]

const CONDITIONS: readonly Told[] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
]

export function nodeObject(name: string, now: Instant): JsonObject {
  return {
    metadata: {
      name,
      labels: {
        'kubernetes.io/arch': ARCHITECTURE,
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': OS,
      },
    },
    spec: { podCIDR: POD_RANGE, podCIDRs: [POD_RANGE] },
    status: {
      capacity: ROOM,
      allocatable: ROOM,
      addresses: [
        { type: 'InternalIP', address: ADDRESS },
        { type: 'Hostname', address: name },
      ],
      conditions: CONDITIONS.map(one => condition(one, printInstant(now))),
      nodeInfo: nodeInfo(name),
    },
  }
}

function condition([type, status, reason, message]: Told, at: string): Json {
  return { type, status, lastHeartbeatTime: at, lastTransitionTime: at, reason, message }
}

function nodeInfo(name: string): Json {
  return {
    machineID: name,
    systemUUID: name,
    bootID: name,
    kernelVersion: 'simulated',
    osImage: 'Crossfade, simulated',
    containerRuntimeVersion: 'simulated://1',
    kubeletVersion: GIT_VERSION,
    kubeProxyVersion: '',
    operatingSystem: OS,
    architecture: ARCHITECTURE,
  }
}
