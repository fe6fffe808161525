/** Leaves out of a list all that can be left out while `fails` holds of what is left. */
export const shrink = async <A>(
  list: ReadonlyArray<A>,
  fails: (list: ReadonlyArray<A>) => boolean | Promise<boolean>,
): Promise<ReadonlyArray<A>> => {
  let least = list
  for (let size = Math.ceil(list.length / 2); size >= 1; size = Math.floor(size / 2))
    for (let at = 0; at < least.length; ) {
      const less = least.toSpliced(at, size)
      if (await fails(less)) least = less
      else at += size
    }
  return least
}
