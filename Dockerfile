FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json bundle.js ./
COPY src ./src
COPY drizzle ./drizzle
COPY limbeck.config.ts ./
RUN npm run build
# To the repository these are peers and tools of development; to the service they are what it runs on.
RUN node -e ' \
  const fs = require("node:fs"); \
  const manifest = JSON.parse(fs.readFileSync("package.json")); \
  for (const name of process.argv.slice(1)) { \
    manifest.dependencies[name] = manifest.devDependencies[name]; \
    delete manifest.devDependencies[name]; \
    delete manifest.peerDependencies[name]; \
  } \
  fs.writeFileSync("package.json", JSON.stringify(manifest, null, 2)); \
  ' drizzle-orm env-schema fastify @fastify/swagger @fastify/swagger-ui pino \
  && npm prune --omit=dev --ignore-scripts

FROM node:22-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY drizzle ./drizzle
COPY migrations ./migrations
COPY limbeck.config.ts ./
USER node
EXPOSE 3000
# Not npm: it would stand between the container's signals and the service.
CMD ["node", "dist/src/service/server.js"]
