// Cells of what pods store in: claims, volumes and their classes.
import { field, isTerminating, list, text } from './fields.ts'
import type { Printer } from './printer.ts'
import { since } from './words.ts'

export const persistentVolumeClaim: Printer = (object, now) => {
  const isBound = text(object, 'spec', 'volumeName') !== ''
  return [
    object.metadata.name,
    isTerminating(object) ? 'Terminating' : text(object, 'status', 'phase'),
    text(object, 'spec', 'volumeName'),
    isBound ? text(object, 'status', 'capacity', 'storage') || '0' : '',
    isBound ? accessModes(list(object, 'status', 'accessModes')) : '',
    text(object, 'spec', 'storageClassName'),
    text(object, 'spec', 'volumeAttributesClassName') || '<unset>',
    since(object.metadata.creationTimestamp, now),
    text(object, 'spec', 'volumeMode') || '<unset>',
  ]
}

export const persistentVolume: Printer = (object, now) => {
  const claim = field(object, 'spec', 'claimRef')
  return [
    object.metadata.name,
    text(object, 'spec', 'capacity', 'storage') || '0',
    accessModes(list(object, 'spec', 'accessModes')),
    text(object, 'spec', 'persistentVolumeReclaimPolicy'),
    isTerminating(object) ? 'Terminating' : text(object, 'status', 'phase'),
    claim === undefined ? '' : `${text(claim, 'namespace')}/${text(claim, 'name')}`,
    text(object, 'spec', 'storageClassName'),
    text(object, 'spec', 'volumeAttributesClassName') || '<unset>',
    text(object, 'status', 'reason'),
    since(object.metadata.creationTimestamp, now),
    text(object, 'spec', 'volumeMode') || '<unset>',
  ]
}

const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class'

export const storageClass: Printer = (object, now) => [
  `${object.metadata.name}${object.metadata.annotations?.[IS_DEFAULT] === 'true' ? ' (default)' : ''}`,
  text(object, 'provisioner'),
  text(object, 'reclaimPolicy') || 'Delete',
  text(object, 'volumeBindingMode') || 'Immediate',
  field(object, 'allowVolumeExpansion') === true,
  since(object.metadata.creationTimestamp, now),
]

const ACCESS_MODES: readonly (readonly [mode: string, short: string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]

function accessModes(modes: readonly unknown[]): string {
  return ACCESS_MODES.filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',')
}
