import { serve } from '@hono/node-server'
import { fetch, port } from './app.js'

serve({ fetch, port })
