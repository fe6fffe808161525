/** Names the parts of a test that draws many samples. Each has its own limit of time, which a busy machine keeps. */
export const parts = (count: number): Array<string> =>
  Array.from({ length: count }, (_, part) => `part ${part + 1} of ${count}`)
