/** Resolves a URL against the base of the page: `document.baseURI` may be an `<img name=baseURI>`. */
export const pageUrl = (url: string | URL): URL => new URL(url, new Text().baseURI)
