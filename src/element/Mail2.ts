/**
 * Letters in the queue of an element on htmx 1.9 and 2. What waits there is told apart by identity; the events tell
 * of texts only, which others may send as well.
 */
import type { Message, SocketWrapper } from "../htmx/v2/SocketWrapper.ts"
import type { Letter, Mail } from "./Mail.ts"
import { discarded, dropped } from "./outcomes.ts"

/** A letter that is being handed over, and the last message that waited before it. */
interface Posting {
  readonly letter: Letter
  readonly last: Message | undefined
}

export class Mail2 implements Mail {
  readonly #wrapper: SocketWrapper
  readonly #element: Element
  /** Each letter with its place in the queue, as soon as it has been seen there. */
  #letters = new Map<Letter, Message | undefined>()
  #posting: Posting | undefined
  /** The letter that was about to be written last. */
  #asked: Letter | undefined

  constructor(wrapper: SocketWrapper, element: Element) {
    this.#wrapper = wrapper
    this.#element = element
  }

  send(letter: Letter): void {
    this.#locate()
    this.#posting = { letter, last: this.#wrapper.queue.at(-1) }
    this.#letters.set(letter, undefined)
    this.#wrapper.send(letter.payload, this.#element)
    this.#locate()
  }

  waiting(): ReadonlyArray<Letter> {
    return [...this.#letters.keys()]
  }

  replace(letters: ReadonlyArray<Letter>): void {
    const known = this.#letters
    const added = letters
      .filter((letter) => !known.has(letter))
      .map((letter) => [letter, { message: letter.payload, sendElt: this.#element }] as const)
    const wanted = new Set(letters)
    const kept = [...known].filter(([letter]) => wanted.has(letter))
    const removed = new Set([...known].flatMap(([letter, at]) => (wanted.has(letter) ? [] : [at])))
    this.#letters = new Map<Letter, Message | undefined>([...added, ...kept])
    const { queue } = this.#wrapper
    const others = queue.filter((message) => !removed.has(message))
    queue.splice(0, queue.length, ...added.map(([, message]) => message), ...others)
  }

  review(): void {
    const queue = new Set(this.#wrapper.queue)
    const [first] = queue
    for (const [letter, at] of this.#letters) {
      if (at !== undefined && queue.has(at)) continue
      // It was about to be written when the socket closed: it was put back.
      if (at === undefined && first !== undefined && this.#isOf(letter, first))
        this.#letters.set(letter, first)
      else this.#discard(letter)
    }
  }

  /** A message is about to be written, if the page agrees. */
  asked(text: unknown): void {
    this.#locate()
    const letter = this.#missing(text, this.#asked)
    if (letter === undefined) return
    // Where this one's turn has come, that of the one before is over.
    if (this.#asked !== undefined && this.#isMissing(this.#asked)) this.#discard(this.#asked)
    this.#asked = letter
  }

  /** A message was written. */
  sent(text: unknown): void {
    const letter = this.#asked
    if (letter !== undefined && letter.payload === text) this.#settle(letter)?.written()
  }

  /** A message was lost. */
  dropped(text: unknown, reason: unknown): void {
    this.#locate()
    const letter = this.#missing(text)
    if (letter !== undefined) this.#settle(letter)?.failed(dropped(letter, reason))
  }

  /** Finds out whether the letter that is being handed over waits: nobody else's message can be before it there. */
  #locate(): void {
    if (this.#posting === undefined) return
    const { last, letter } = this.#posting
    this.#posting = undefined
    const { queue } = this.#wrapper
    const later = queue.slice(queue.indexOf(last as Message) + 1)
    const at = later.find((message) => this.#isOf(letter, message))
    if (this.#letters.has(letter)) this.#letters.set(letter, at)
  }

  /** Whether a message in the queue can be this letter: it has its text and its element, and is no other letter. */
  #isOf({ payload }: Letter, message: Message): boolean {
    if (message.message !== payload || message.sendElt !== this.#element) return false
    return ![...this.#letters.values()].includes(message)
  }

  /** The oldest letter of this text that has left the queue, or never was in it. */
  #missing(text: unknown, except?: Letter): Letter | undefined {
    for (const letter of this.#letters.keys())
      if (letter.payload === text && letter !== except && this.#isMissing(letter)) return letter
    return undefined
  }

  #isMissing(letter: Letter): boolean {
    const at = this.#letters.get(letter)
    return at === undefined || !this.#wrapper.queue.includes(at)
  }

  #discard(letter: Letter): void {
    this.#settle(letter)?.failed(discarded(letter))
  }

  #settle(letter: Letter): Letter | undefined {
    if (this.#asked === letter) this.#asked = undefined
    return this.#letters.delete(letter) ? letter : undefined
  }
}
