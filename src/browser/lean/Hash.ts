/** In the scripts, this stands before `effect/Hash`: nothing in them keeps Effect's values by their hash. */
const none = (): number => 0

export {
  none as array,
  none as hash,
  none as number,
  none as string,
  none as structure,
  none as structureKeys,
}
export const combine = (): (() => number) => none
