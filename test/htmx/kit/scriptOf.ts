import { readFileSync } from "node:fs"
import { Script } from "node:vm"
import { assetOf } from "../../setup/assets.ts"

const compiled = new Map<string, Script>()

/** Returns the script that the test server has under a path. Compiling one takes as long as some tests. */
export const scriptOf = (path: string): Script => {
  const known = compiled.get(path)
  if (known !== undefined) return known
  const file = assetOf(path)
  if (file === undefined) throw new Error(`there is no ${path}`)
  const script = new Script(readFileSync(file, "utf8"), { filename: path })
  compiled.set(path, script)
  return script
}
