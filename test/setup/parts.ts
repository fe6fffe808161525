/** Names the parts of a test with many samples. Each part has its own time limit, so that a busy machine keeps it. */
export const parts = (count: number): Array<string> =>
  Array.from({ length: count }, (_, part) => `part ${part + 1} of ${count}`)
