/** @type {import('limbeck').ConfigFile} */
export default { migrations: 'migrations', models: './src/schema.ts' }
