// Shaders are real files; esbuild's text loader (and test/tools/wgslLoader.mjs in Node) turns them into strings.
declare module '*.wgsl' {
  const code: string;
  // biome-ignore lint/style/noDefaultExport: a text module has nothing else to export
  export default code;
}
