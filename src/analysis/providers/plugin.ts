// The plugin metric: a program of somebody else's measures. There is none yet that could be asked for.
import { asking } from './asking.ts'

export const plugin = asking({ field: 'plugin' })
