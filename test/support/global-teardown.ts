async function globalTeardown(): Promise<void> {
  await globalThis.yunchouTestServer?.stop();
}

module.exports = globalTeardown;
