// App Mesh needs proxies beside the pods: its VirtualServices make no routes here, and their authors are told.
import { MESH_SERVICE } from '../../kube/kinds.ts'
import { refKey, refOf } from '../../kube/object.ts'
import type { RouteFamily } from './route-family.ts'

const MESSAGE = 'App Mesh is not played by the gateway here: requests go to Services by their own hosts'

export const appMesh: RouteFamily = {
  name: 'app-mesh',
  kinds: [MESH_SERVICE],
  routes: ({ objects }) => ({
    routes: [],
    notices: objects.map(object => {
      return { from: refKey(refOf(MESH_SERVICE, object)), reason: 'RouteNotPlayed', message: MESSAGE }
    }),
  }),
}
