/** An outbox as the array that public code works with. */
import type { Outbox } from "../core/Outbox.ts"

/**
 * What waits, oldest first, as an array that is always up to date: reading it reads the outbox, and changing it
 * (`length = 0`, `splice`, `shift`, `push`, an index) changes the outbox.
 */
export const liveArray = <A>(outbox: Outbox<A>): Array<A> => {
  const current = (target: Array<A>): Array<A> => {
    target.length = 0
    target.push(...outbox.toArray())
    return target
  }
  return new Proxy<Array<A>>([], {
    get: (target, key) => (key === "length" ? outbox.size : Reflect.get(current(target), key)),
    has: (target, key) => Reflect.has(current(target), key),
    ownKeys: (target) => Reflect.ownKeys(current(target)),
    getOwnPropertyDescriptor: (target, key) => Reflect.getOwnPropertyDescriptor(current(target), key),
    set: (target, key, value) => {
      const done = Reflect.set(current(target), key, value)
      outbox.replaceUnsafe(target.filter(() => true))
      return done
    },
    // Array methods leave no holes: after a `delete` they set the length, and that is what counts.
    deleteProperty: () => true,
  })
}
