export default {
  test: { include: ['*.vitest.js'], globalSetup: './global-setup.js', testTimeout: 60_000 },
}
