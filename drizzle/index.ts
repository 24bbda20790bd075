export { dataProductStatus, dataProducts } from './data-products.ts'
export { roles } from './roles.ts'
export { subscriptions } from './subscriptions.ts'
export { teams } from './teams.ts'
