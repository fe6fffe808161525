/** What companions use of htmx 1.9, 2 and 4. */
export interface Htmx {
  readonly version: string
  readonly config: {
    readonly ws?: unknown
    readonly wsBinaryType?: unknown
    readonly defaultSwap?: unknown
    readonly disableInheritance?: unknown
    readonly implicitInheritance?: unknown
    readonly metaCharacter?: unknown
    readonly prefix?: unknown
    readonly requestClass?: unknown
  }
  /** On htmx 4 it returns `undefined` if there is none. */
  process(element: Element): void
  find(selector: string): Element | null | undefined
  trigger(element: Element, name: string, detail?: object): boolean
  ajax(verb: string, path: string, context: object | string): Promise<unknown>
}

export const isHtmx4 = ({ version }: Htmx): boolean => version.startsWith("4.")
