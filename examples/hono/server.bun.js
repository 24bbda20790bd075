// bun server.bun.js
import { fetch, port } from './app.js'

export default { fetch, port }
