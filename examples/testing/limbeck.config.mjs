/** @type {import('limbeck').ConfigFile} */
export default { migrations: 'migrations', models: './schema.js' }
